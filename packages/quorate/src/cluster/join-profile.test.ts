import type { Container, PodTemplateSpec } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { findEtcdContainer, setting } from "./etcd-container.ts";
import { isJoinProfile } from "./is-join-profile.ts";
import { isJoinTemplate, joinTemplate, VOTER_GATE } from "./join-profile.ts";

const members = ["etcd-0", "etcd-1"].map((name) => ({ name, peerURLs: [`http://${name}.etcd.ns.svc:2380`] }));
const LIST = "etcd-0=http://etcd-0.etcd.ns.svc:2380,etcd-1=http://etcd-1.etcd.ns.svc:2380";

const template = (container: Partial<Container>): PodTemplateSpec => ({
	spec: { containers: [{ name: "etcd", image: "quay.io/coreos/etcd:v3.5.9", ...container }] },
});

function join(container: Partial<Container>) {
	const original = template(container);
	const etcd = findEtcdContainer(original);
	if (!etcd) throw new Error("no etcd found");
	const joined = joinTemplate(original, etcd, members);
	return { original, etcd, joined, container: joined.spec?.containers[0] as Container };
}

describe("joinTemplate", () => {
	it("sets etcd's variables, keeps the others, and leaves the original alone", () => {
		const env = [
			{ name: "ETCD_NAME", value: "$(POD)" },
			{ name: "ETCD_INITIAL_CLUSTER", value: "x" },
			{ name: "ETCD_DATA_DIR", value: "/data" },
		];
		const { original, container, etcd } = join({ env });
		expect(etcd.family).toBe("environment");
		expect(container.env).toEqual([
			env[0],
			{ name: "ETCD_INITIAL_CLUSTER_STATE", value: "existing" },
			{ name: "ETCD_INITIAL_CLUSTER", value: LIST },
			env[2],
		]);
		expect(original.spec?.containers[0]?.env).toBe(env);
	});

	it("executes etcd directly in Bitnami's images, past the entrypoint that would join as a voter", () => {
		const { container, etcd } = join({
			image: "docker.io/bitnami/etcd:3.5.6-debian-11-r10",
			env: [
				{ name: "ETCD_ON_K8S", value: "yes" },
				{ name: "ETCD_NAME", value: "$(MY_POD_NAME)" },
			],
		});
		expect(etcd.family).toBe("bitnami");
		expect(container.command).toEqual(["/opt/bitnami/etcd/bin/etcd"]);
	});

	it("takes Bitnami's variables on an image whose command is etcd for plain etcd", () => {
		const { etcd, container } = join({
			image: "etcd:3.5.9",
			command: ["etcd"],
			env: [
				{ name: "ETCD_ON_K8S", value: "yes" },
				{ name: "ETCD_NAME", value: "$(MY_POD_NAME)" },
			],
		});
		expect(etcd.family).toBe("environment");
		expect(container.command).toEqual(["etcd"]);
	});

	it.each([
		[["--initial-cluster=a=b", "--initial-cluster-state=new", "--name=x"]],
		[["--initial-cluster", "a=b", "--initial-cluster-state", "new", "--name", "x"]],
		[["--initial-cluster=a=b", "--name=x"]],
	])("rewrites flags: %s", (args) => {
		const { container, etcd } = join({ command: ["/usr/local/bin/etcd"], args });
		expect(etcd.family).toBe("flags");
		expect(setting(container, "initial-cluster")).toBe(LIST);
		expect(setting(container, "initial-cluster-state")).toBe("existing");
		expect(setting(container, "name")).toBe("x");
		expect(container.args?.filter((word) => word.startsWith("--initial-cluster"))).toHaveLength(2);
	});

	it.each([
		`exec etcd --name $HOSTNAME --initial-cluster "$PEERS" --initial-cluster-state new --data-dir /d`,
		`exec etcd --name $HOSTNAME \\\n --initial-cluster=a=b,c=d \\\n --data-dir /d`,
	])("rewrites flags within a shell line: %s", (script) => {
		const { container, etcd } = join({ command: ["/bin/sh", "-c", script] });
		expect(etcd.family).toBe("script");
		expect(setting(container, "initial-cluster")).toBe(LIST);
		expect(setting(container, "initial-cluster-state")).toBe("existing");
		expect(setting(container, "data-dir")).toBe("/d");
	});

	it("is never Ready, and is not killed or taken out by the original's probes and hooks", () => {
		const probe = { exec: { command: ["healthcheck.sh"] } };
		const { container, joined } = join({
			command: ["etcd", "--initial-cluster=a=b"],
			readinessProbe: probe,
			livenessProbe: probe,
			startupProbe: probe,
			lifecycle: { preStop: { exec: { command: ["prestop.sh"] } } },
		});
		expect(Object.keys(container)).toEqual(["name", "image", "command"]);
		expect(joined.spec?.readinessGates).toEqual([{ conditionType: VOTER_GATE }]);
		expect(isJoinTemplate(joined, "etcd")).toBe(true);
	});

	it.each([{ command: ["etcd", "--initial-cluster=a=b"] }, { env: [{ name: "ETCD_NAME", value: "$(POD)" }] }])(
		"knows a profile of its own from one that someone else changed: %o",
		(container) => {
			const { original, joined, etcd } = join({ image: "etcd:3.5.9", ...container });
			const record = { template: original, joining: 1 };
			expect(isJoinProfile(record, joined, etcd)).toBe(true);
			expect(isJoinProfile({ template: original }, joined, etcd)).toBe(false);
			expect(isJoinProfile(record, original, etcd)).toBe(false);
			const changed = structuredClone(joined);
			for (const one of changed.spec?.containers ?? []) one.image = "etcd:9";
			expect(isJoinProfile(record, changed, etcd)).toBe(false);
			// as earlier releases wrote it
			const earlier = structuredClone(joined);
			for (const one of earlier.spec?.containers ?? []) one.env?.reverse();
			expect(isJoinProfile(record, earlier, etcd)).toBe(true);
		},
	);

	it("refuses what it cannot rewrite", () => {
		const original = template({ command: ["/start-etcd.sh"] });
		expect(() => joinTemplate(original, { name: "etcd", family: "flags" }, members)).toThrow(/cannot tell/);
	});

	it.each(["http://etcd-1;reboot", "http://$(reboot)", "http://a/`reboot`", "http://a b"])(
		"puts nothing in a shell's line that it would take for more than a URL: %s",
		(url) => {
			const original = template({ command: ["sh", "-c", "exec etcd --initial-cluster=a=http://a:2380"] });
			const odd = [...members, { name: "etcd-2", peerURLs: [url] }];
			expect(() => joinTemplate(original, { name: "etcd", family: "script" }, odd)).toThrow(
				/cannot stand in a template/,
			);
		},
	);
});

describe("findEtcdContainer", () => {
	it("finds etcd beside sidecars, with its port and scheme", () => {
		const found = findEtcdContainer({
			spec: {
				containers: [
					{ name: "metrics", image: "exporter:1" },
					{ name: "db", image: "registry:5000/etcd:3.6", command: ["etcd", "--listen-client-urls=https://$(IP):4001"] },
				],
			},
		});
		expect(found).toMatchObject({ name: "db", clientPort: 4001, clientScheme: "https" });
	});

	it("takes the one that is told how the cluster begins, not a proxy, and any that is named", () => {
		const proxy = { name: "proxy", image: "etcd:3.6", command: ["etcd", "grpc-proxy", "start"] };
		const db = { name: "db", image: "etcd:3.6", command: ["etcd", "--initial-cluster=a=http://a:2380"] };
		const spec = { containers: [proxy, db] };
		expect(findEtcdContainer({ spec })?.name).toBe("db");
		expect(findEtcdContainer({ spec }, "proxy")?.name).toBe("proxy");
		expect(findEtcdContainer({ spec }, "nobody")).toBeUndefined();
	});

	it("finds none in what is not etcd", () => {
		expect(findEtcdContainer(template({ image: "nginx:1", command: ["nginx"] }))).toBeUndefined();
		expect(findEtcdContainer({})).toBeUndefined();
		expect(findEtcdContainer(template({ image: "etcd-backup:1", command: ["etcd-backup"] }))).toBeUndefined();
	});

	it.each([
		[{ exec: { command: ["etcdctl", "endpoint", "health"] } }, false],
		[{ exec: { command: ["/opt/bitnami/scripts/etcd/healthcheck.sh"] } }, false],
		[{ httpGet: { path: "/readyz", port: 2379 } }, false],
		[{ httpGet: { path: "/health", port: 2379 } }, true],
		[{ httpGet: { path: "/health?serializable=true", port: 2379 } }, true],
		[{ tcpSocket: { port: 2379 } }, true],
		[undefined, true],
	])("tells whether its readiness probe passes on a learner: %o", (readinessProbe, expected) => {
		const probe = readinessProbe ? { readinessProbe } : {};
		expect(findEtcdContainer(template({ command: ["etcd", "--name=x"], ...probe }))?.readyAsLearner).toBe(expected);
	});
});
