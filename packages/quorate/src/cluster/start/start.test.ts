// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a shell's, not JavaScript's
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Container, PodSpec, PodTemplateSpec } from "kubernetes-types/core/v1";
import { afterAll, describe, expect, it } from "vitest";
import { findEtcdContainer, setting } from "../etcd-container.ts";
import { joinTemplate } from "../join-profile.ts";
import { environmentOf } from "./environment.ts";

const pod = { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };
const template = (container: Partial<Container>, spec: Partial<PodSpec> = {}): PodTemplateSpec => ({
	spec: { ...spec, containers: [{ name: "etcd", image: "quay.io/coreos/etcd:v3.5.9", env: [pod], ...container }] },
});
const read = (container: Partial<Container>, spec?: Partial<PodSpec>) =>
	findEtcdContainer(template(container, spec), "etcd");
const sh = (script: string, more: Partial<Container> = {}) => read({ command: ["/bin/sh", "-ec", script], ...more });

/** Kubernetes' old example, much copied: it takes its own entry out, and adds itself. */
const ADDS_ITSELF = `
HOSTNAME=$(hostname)
eps() { EPS=""; for i in $(seq 0 2); do EPS="$EPS,http://etcd-$i.etcd:2379"; done; echo $EPS; }
if [ -e /var/run/etcd/default.etcd ]; then exec etcd --name $HOSTNAME --data-dir /var/run/etcd/default.etcd; fi
MEMBER_HASH=$(etcdctl --endpoints $(eps) member list | grep $HOSTNAME | cut -d: -f1)
if [ -n "$MEMBER_HASH" ]; then etcdctl member remove $MEMBER_HASH; fi
etcdctl member add $HOSTNAME http://$HOSTNAME.etcd:2380 | grep "^ETCD_" > /var/run/etcd/new_member_envs
. /var/run/etcd/new_member_envs
exec etcd --name $HOSTNAME --initial-cluster $ETCD_INITIAL_CLUSTER --initial-cluster-state existing
`;

const SUBST = `# --initial-* is ignored once there is data
exec etcd --name \${HOSTNAME} \\
  --listen-peer-urls http://0.0.0.0:2380 \\
  --initial-cluster $(for i in 0 1 2; do printf "\${SET_NAME}-$i=http://\${SET_NAME}-$i.\${SET_NAME}:2380,"; done | sed "s/,$//") \\
  --initial-cluster-state new --data-dir /data`;

const LOOP = `
PEERS=""
for i in $(seq 0 $((\${SIZE} - 1))); do
  PEERS="\${PEERS}\${PEERS:+,}etcd-\${i}=http://etcd-\${i}.etcd:2380"
done
until nslookup etcd-0.etcd; do sleep 1; done
exec /usr/local/bin/etcd --name=$(POD_NAME) --initial-cluster="$PEERS" --initial-cluster-state=new`;

const size = { name: "SIZE", value: "3" };
const setName = { name: "SET_NAME", value: "etcd" };

describe("a start that is understood", () => {
	it.each<[string, ReturnType<typeof read>, string]>([
		["flags", read({ command: ["etcd", "--initial-cluster=a=http://a:2380"] }), "flags"],
		["flags as arguments", read({ command: ["/usr/local/bin/etcd"], args: ["--initial-cluster", "a=b"] }), "flags"],
		["variables", read({ command: ["etcd"], env: [{ name: "ETCD_NAME", value: "a" }] }), "environment"],
		["the releases' image", read({ env: [{ name: "ETCD_NAME", value: "a" }] }), "environment"],
		[
			"Bitnami's image",
			read({ image: "docker.io/bitnami/etcd:3.5.6-debian-11-r10", env: [{ name: "ETCD_ON_K8S", value: "yes" }] }),
			"bitnami",
		],
		[
			"Bitnami's scripts by their names",
			read({
				image: "mirror/etcd:x",
				command: ["/opt/bitnami/scripts/etcd/entrypoint.sh"],
				args: ["/opt/bitnami/scripts/etcd/run.sh"],
				env: [{ name: "ETCD_ON_K8S", value: "yes" }],
			}),
			"bitnami",
		],
		[
			"one command in a shell",
			sh("exec etcd --name $HOSTNAME --initial-cluster $PEERS", { env: [{ name: "PEERS", value: "x" }] }),
			"script",
		],
		["a list that a substitution prints", sh(SUBST, { env: [pod, setName] }), "script"],
		["a list that a loop makes", sh(LOOP, { env: [pod, size] }), "script"],
		[
			"a shell with variables",
			sh("ulimit -n 65536; exec etcd", { env: [{ name: "ETCD_NAME", value: "a" }] }),
			"environment",
		],
		[
			"an init container that gives the data to its user",
			read(
				{ command: ["etcd", "--initial-cluster=a=b"], volumeMounts: [{ name: "data", mountPath: "/d" }] },
				{
					initContainers: [
						{
							name: "volume-permissions",
							command: ["/bin/bash", "-ec", "find /d -mindepth 1 -not -name .snapshot | xargs -r chown -R 1001:1001"],
							volumeMounts: [{ name: "data", mountPath: "/d" }],
						},
						{ name: "certs", image: "make-certs:1" },
						{ name: "version", command: ["etcdctl", "version"] },
					],
				},
			),
			"flags",
		],
	])("%s", (_, found, family) => {
		expect(found?.notUnderstood).toEqual([]);
		expect(found?.family).toBe(family);
	});
});

describe("a start that is not understood is quoted", () => {
	const direct = { command: ["etcd"], args: ["--initial-cluster=a=b"] };
	const data = { volumeMounts: [{ name: "data", mountPath: "/d" }] };
	it.each<[string, ReturnType<typeof read>, RegExp]>(
		[
			[
				"config-self",
				read({ command: ["/usr/local/bin/etcd", "--config-file=/etc/etcd/etcd.conf"] }),
				/`--config-file=\/etc\/etcd\/etcd.conf`: with it/,
			],
			[
				"a config file by variable",
				read({ ...direct, env: [{ name: "ETCD_CONFIG_FILE", value: "/x" }] }),
				/`ETCD_CONFIG_FILE=\/x`/,
			],
			[
				"a config file of Bitnami's chart",
				read({
					env: [{ name: "ETCD_ON_K8S", value: "yes" }],
					volumeMounts: [{ name: "c", mountPath: "/opt/bitnami/etcd/conf/", subPath: "x" }],
				}),
				/\/opt\/bitnami\/etcd\/conf/,
			],
			[
				"script-adds-itself",
				sh(ADDS_ITSELF),
				/etcdctl member remove \$MEMBER_HASH`.*etcdctl member add.*started in 2 places/s,
			],
			[
				"discovery-srv",
				read({ command: ["etcd", "--discovery-srv=etcd.ns.svc"] }),
				/`--discovery-srv=etcd.ns.svc`: it conflicts/,
			],
			[
				"a script in a file",
				read({ command: ["/scripts/start.sh"], env: [{ name: "ETCD_NAME", value: "x" }] }),
				/`\/scripts\/start.sh`: what it starts/,
			],
			["an init system", read({ command: ["/tini", "--", "etcd", "--initial-cluster=a=b"] }), /`\/tini -- etcd/],
			[
				"an image's own start",
				read({ image: "corp/database:7", env: [{ name: "ETCD_NAME", value: "x" }] }),
				/`corp\/database:7`/,
			],
			["arguments of an image", read({ image: "corp/etcd:7", args: ["--initial-cluster=a=b"] }), /without a command/],
			["a file that is read", sh(". /env; exec etcd --initial-cluster $X"), /`. \/env`/],
			["evaluated text", sh("eval exec etcd --initial-cluster $X"), /`eval/],
			[
				"a variable of etcd's",
				sh("export ETCD_INITIAL_CLUSTER_STATE=new; exec etcd"),
				/ETCD_INITIAL_CLUSTER_STATE=new`/,
			],
			["a variable before the command", sh("ETCD_NAME=x exec etcd --initial-cluster a=b"), /`ETCD_NAME=x exec etcd/],
			["one that is set on the way", sh("echo ${ETCD_NAME:=x}; exec etcd --initial-cluster a=b"), /`ETCD_NAME` is set/],
			["a branch", sh("if [ -d /d ]; then exec etcd --initial-cluster a=b; fi"), /does not always run/],
			["what goes on beside it", sh("etcd --initial-cluster a=b & wait"), /does not always run/],
			["what comes after it", sh("etcd --initial-cluster a=b; echo ended"), /not to the end/],
			["more arguments in a variable", sh("exec etcd --initial-cluster a=b $EXTRA"), /`\$EXTRA`: not a flag/],
			[
				"a variable that nobody sets",
				sh("exec etcd --name $NAME --initial-cluster a=b"),
				/`\$NAME`: it may be no word/,
			],
			["positional arguments", sh('exec etcd --initial-cluster a=b "$@"', { args: ["sh", "--x"] }), /`"\$@"`/],
			[
				"text that the kubelet puts in",
				sh("exec etcd --initial-cluster $(LIST)", { env: [{ name: "LIST", value: "a=b; reboot" }] }),
				/\$\(LIST\)` in a script/,
			],
			["two dollars", sh("exec etcd --initial-cluster a=b --name x$$"), /`\$\$`/],
			["an open quote", sh("exec etcd --initial-cluster 'a=b"), /unterminated/],
			["a trap", sh("trap 'x' TERM; exec etcd --initial-cluster a=b"), /`trap 'x' TERM`/],
			["files that it writes", sh("echo x > /data/y; exec etcd --initial-cluster a=b"), /`echo x > \/data\/y`/],
			[
				"an init container that adds",
				read(direct, { initContainers: [{ name: "join", command: ["sh", "-c", "etcdctl member add x"] }] }),
				/init container join runs `etcdctl member add x`/,
			],
			[
				"an init container that restores",
				read(
					{ ...direct, ...data },
					{ initContainers: [{ name: "i", command: ["sh", "-c", "rm -rf /d/x"], ...data }] },
				),
				/init container i runs `rm -rf \/d\/x`/,
			],
			[
				"an init container with the data, of an image's own",
				read({ ...direct, ...data }, { initContainers: [{ name: "i", image: "x:1", ...data }] }),
				/init container i runs `x:1`/,
			],
			["a sidecar that removes", read(direct, { containers: [] }), /./],
			[
				"what runs after the start",
				read({ ...direct, lifecycle: { postStart: { exec: { command: ["/join.sh"] } } } }),
				/after its start it runs `\/join.sh`/,
			],
			[
				"variables that could not be read",
				read({ ...direct, envFrom: [{ configMapRef: { name: "settings" } }] }),
				/`envFrom` ConfigMap settings/,
			],
		].filter(([name]) => name !== "a sidecar that removes") as [string, ReturnType<typeof read>, RegExp][],
	)("%s", (_, found, quote) => {
		expect(found?.notUnderstood?.join("\n")).toMatch(quote);
	});
});

describe("a rewritten start, as a shell and etcd read it", () => {
	const folder = mkdtempSync(join(tmpdir(), "quorate-start-"));
	const etcd = join(folder, "etcd");
	writeFileSync(
		etcd,
		`#!/bin/sh\nfor arg in "$@"; do printf '%s\\0' "$arg"; done\nprintf '%s\\0' "env=$ETCD_INITIAL_CLUSTER"\n`,
	);
	chmodSync(etcd, 0o755);
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
	const members = fc.uniqueArray(word, { minLength: 1, maxLength: 5 }).map((names) =>
		names.map((name) => ({
			name,
			peerURLs: [`http://${name}.etcd.ns.svc:2380`, "https://[fd00::1]:2380"].slice(0, name.length % 2 === 0 ? 2 : 1),
		})),
	);
	const value = fc.constantFrom(
		"$PEERS",
		'"$PEERS"',
		"'a=b'",
		"$(echo a=b)",
		'"$(for i in 1 2; do printf $i; done)"',
		"`echo a=b`",
		"a=b,c=d",
		"$(POD_NAME)=x",
	);
	const flag = fc
		.tuple(fc.constantFrom("--initial-cluster", "-initial-cluster"), fc.constantFrom("=", " ", " \\\n  "), value)
		.map((all) => all.join(""));
	const state = fc.constantFrom(
		"",
		" --initial-cluster-state new",
		" --initial-cluster-state=new",
		' -initial-cluster-state="$STATE"',
	);
	const before = fc.constantFrom(
		"",
		"PEERS=x; ",
		"for i in 1 2; do PEERS=$PEERS$i; done\n",
		"set -e\n# etcd --initial-cluster\n",
	);
	const script = fc
		.tuple(before, flag, state, fc.boolean())
		.map(
			([first, list, states, turned]) =>
				`${first}exec etcd --name "$HOSTNAME" ${turned ? `${states} ${list}` : `${list}${states}`} --data-dir '/a b'`,
		);

	it("has exactly the wanted members, once, and all else as before", () => {
		fc.assert(
			fc.property(script, members, (text, wanted) => {
				const env = [pod, { name: "PEERS", value: "x=y" }, { name: "STATE", value: "new" }];
				const original = template({ command: ["/bin/sh", "-c"], args: [text], env });
				const found = findEtcdContainer(original);
				expect(found?.notUnderstood).toEqual([]);
				const joined = joinTemplate(original, { name: "etcd", family: found?.family ?? "script" }, wanted);
				const list = wanted.flatMap(({ name, peerURLs }) => peerURLs.map((url) => `${name}=${url}`)).join(",");
				const run = (given: PodTemplateSpec) =>
					execFileSync(
						"/bin/sh",
						["-c", (given.spec?.containers[0]?.args?.[0] ?? "").replaceAll("$(POD_NAME)", "etcd-3")],
						{
							env: { PATH: `${folder}:${process.env.PATH}`, HOSTNAME: "etcd-3", PEERS: "x=y", STATE: "new" },
							encoding: "utf8",
						},
					).split("\0");
				const after = run(joined).filter((arg) => !arg.startsWith("env="));
				expect(after.filter((arg) => arg.startsWith("--initial-cluster"))).toHaveLength(2);
				expect(after).toContain(`--initial-cluster=${list}`);
				expect(after).toContain("--initial-cluster-state=existing");
				expect(after.join(" ")).toMatch(/--name etcd-3 /);
				expect(after).toContain("/a b");
			}),
			{ numRuns: 40 },
		);
	});

	it("keeps variables in their places, so that a merge by name changes nothing else", () => {
		const name = fc.constantFrom(
			"A",
			"ETCD_NAME",
			"ETCD_INITIAL_CLUSTER",
			"ETCD_INITIAL_CLUSTER_STATE",
			"ETCD_DATA_DIR",
			"Z",
		);
		fc.assert(
			fc.property(fc.uniqueArray(name), members, (names, wanted) => {
				const env = names.map((one) => ({ name: one, value: "x" }));
				const original = template({ command: ["etcd"], env });
				const joined = joinTemplate(original, { name: "etcd", family: "environment" }, wanted);
				const [container] = joined.spec?.containers ?? [];
				const list = wanted.flatMap(({ name, peerURLs }) => peerURLs.map((url) => `${name}=${url}`)).join(",");
				const after = container?.env?.map((one) => one.name) ?? [];
				expect(after.filter((one) => names.some((name) => name === one))).toEqual(names);
				const seen = environmentOf(container as Container, { name: "p", namespace: "n" });
				expect([seen.get("ETCD_INITIAL_CLUSTER"), seen.get("ETCD_INITIAL_CLUSTER_STATE")]).toEqual([list, "existing"]);
			}),
		);
	});

	it("takes the last of several flags for the one that counts, as etcd does", () => {
		const original = template({
			command: ["etcd", "--initial-cluster=a=http://a:1", "--name=x", "--initial-cluster", "b=http://b:1"],
		});
		const [container] =
			joinTemplate(original, { name: "etcd", family: "flags" }, [{ name: "c", peerURLs: ["http://c:1"] }]).spec
				?.containers ?? [];
		expect(container?.command).toEqual([
			"etcd",
			"--initial-cluster=c=http://c:1",
			"--initial-cluster-state=existing",
			"--name=x",
		]);
		expect(setting(original.spec?.containers[0] as Container, "initial-cluster")).toBe("b=http://b:1");
	});
});
