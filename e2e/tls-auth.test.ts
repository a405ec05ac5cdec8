import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MemberClientOptions } from "quorate";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type ClusterUnderTest, onLab, onRealAsInLab, REAL_KUBECONFIG, REAL_VERSIONS } from "./cluster-under-test.ts";
import { kubectl } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";
import { startWriteLoad } from "./write-load.ts";

const NAMESPACE = "mayastor";
const VERSIONS = process.env.QUORATE_TEST_LAB_VERSIONS?.split(",") ?? [undefined];

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-e2e-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const kube = (cluster: ClusterUnderTest, ...args: string[]) => kubectl(cluster.kubeconfig, [...args, "-n", NAMESPACE]);

async function secret(cluster: ClusterUnderTest, name: string, key: string): Promise<string> {
	const text = await kube(cluster, "get", "secret", name, "-o", `jsonpath={.data['${key.replaceAll(".", "\\.")}']}`);
	return Buffer.from(text, "base64").toString();
}

/** As an application gets it that mounts the Secrets. */
async function clientAccess(cluster: ClusterUnderTest): Promise<Pick<MemberClientOptions, "tls" | "auth">> {
	const names = await kube(cluster, "get", "secrets", "-o", "name");
	const certificate = (key: string) => secret(cluster, "mayastor-etcd-client-crt", key);
	return {
		...(names.includes("mayastor-etcd-client-crt")
			? {
					tls: {
						ca: await certificate("ca.crt"),
						cert: await certificate("tls.crt"),
						key: await certificate("tls.key"),
						serverName: "mayastor-etcd.mayastor.svc.cluster.local",
					},
				}
			: {}),
		...(/mayastor-etcd$/m.test(names)
			? { auth: { username: "root", password: await secret(cluster, "mayastor-etcd", "etcd-root-password") } }
			: {}),
	};
}

const scale = (cluster: ClusterUnderTest, ...args: string[]) =>
	quorate(cluster.kubeconfig, ["scale", "-n", NAMESPACE, "--yes", ...args], { cwd: folder });

const pods = async (cluster: ClusterUnderTest) =>
	(await kube(cluster, "get", "pods", "-l", "app=etcd", "-o", "jsonpath={.items[*].metadata.uid}")).split(" ");

const ALL = ["client certificates and users", { clientCertAuth: true, auth: true }] as const;
const guards = [
	["TLS", { tls: true }],
	["client certificates", { clientCertAuth: true }],
	["users", { auth: true }],
	ALL,
] as const;

type Guard = (typeof guards)[number];
type Target = [name: string, guards: readonly Guard[], make: (options: Guard[1]) => Promise<ClusterUnderTest>];

const targets = VERSIONS.map((version): Target => {
	const etcdVersion = version ? { etcdVersion: version } : {};
	return [`etcd ${version ?? ""} in the lab`, guards, (options) => onLab({ volumes: 20, ...options, ...etcdVersion })];
});
if (REAL_KUBECONFIG)
	for (const etcdVersion of REAL_VERSIONS.slice(-1))
		targets.push([
			`etcd ${etcdVersion} on a real Kubernetes`,
			[ALL],
			(options) => onRealAsInLab({ ...options, etcdVersion }),
		]);

describe.each(targets)("%s", (_, these, make) => {
	it.each(these)("with %s goes 3 to 5 to 3, and loses no write", async (_, options) => {
		const cluster = await make(options);
		try {
			const before = await pods(cluster);
			const access = await clientAccess(cluster);
			const load = startWriteLoad(cluster.dial, { access });
			onTestFinished(() => load.stop().then(() => {}));
			for (const replicas of ["5", "3"]) {
				const ran = await scale(cluster, "--replicas", replicas, "-o", "json");
				expect(ran.code, ran.stderr).toBe(0);
				if (access.auth) expect(ran.stdout + ran.stderr).not.toContain(access.auth.password);
				expect(JSON.parse(ran.stdout)).toMatchObject({ to: Number(replicas), restarts: 0, proof: { equal: true } });
			}
			const writes = await load.stop();
			expect(writes).toMatchObject({ failed: 0, failures: [] });
			expect(writes.sent).toBeGreaterThan(100);
			expect(await load.lost()).toEqual([]);
			expect(await pods(cluster)).toEqual(before);
		} finally {
			await cluster.destroy();
		}
	});
});

/** Covers every member, and was valid in January 2020. */
const EXPIRED = `-----BEGIN CERTIFICATE-----
MIIBYTCCAQegAwIBAgIJcXCEek4VHWyCMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMT
CWV0Y2QtcGVlcjAeFw0yMDAxMDEwMDAwMDBaFw0yMDAyMDEwMDAwMDBaMBQxEjAQ
BgNVBAMTCWV0Y2QtcGVlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGLNx0pz
Vs3g942QCnPuUwFZrE2xAK7OAjOUVi9a0D2IyjdLBnQb2Dns84we8irHFg1xrwaS
suxhTfTYjxeIV7ajQjBAMD4GA1UdEQQ3MDWCMyoubWF5YXN0b3ItZXRjZC1oZWFk
bGVzcy5tYXlhc3Rvci5zdmMuY2x1c3Rlci5sb2NhbDAKBggqhkjOPQQDAgNIADBF
AiBlzbXxzwU08Gjm1tU9X0OwvFKdtAHA7vI5m+Gr8z0W9wIhAIRsmHuSyDE4RnIG
Gj4z16RToLhsXWefiylReQA0XLjt
-----END CERTIFICATE-----
`;

describe("what is refused where etcd is guarded", () => {
	let cluster: ClusterUnderTest;

	beforeAll(async () => {
		cluster = await onLab({ volumes: 5, clientCertAuth: true, tlsNames: "exact", auth: true });
	});
	afterAll(() => cluster?.destroy());

	/** Refused with these words, and nothing was changed. */
	const refused = (words: RegExp, ...args: string[]) => refusedWith(3, words, ...args);

	async function refusedWith(code: number, words: RegExp, ...args: string[]) {
		const state = () =>
			kube(cluster, "get", "sts,pods,leases", "-o", "jsonpath={.items[*].metadata['uid','generation']}");
		const before = await state();
		const ran = await scale(cluster, "--replicas", "5", ...args);
		expect(ran.stderr).toMatch(words);
		expect(ran.stderr).toMatch(/next: /);
		expect(ran.code).toBe(code);
		expect(await state()).toEqual(before);
		return ran;
	}

	const host = (ordinal: number) =>
		`mayastor-etcd-${ordinal}.mayastor-etcd-headless.mayastor.svc.cluster.local`.replaceAll(".", "\\.");

	it("certificates that do not cover the new members, with the names to add; shrinking is none of that", async () => {
		const missing = new RegExp(`peer certificate.*does not cover ${host(3)}, ${host(4)}.*certificates-good`);
		await refused(missing);
		const smaller = ["plan", "-n", NAMESPACE, "--replicas", "2", "-o", "json"];
		const shrunk = await quorate(cluster.kubeconfig, smaller);
		expect(shrunk.code, shrunk.stderr).toBe(0);
	});

	it("a user that is wrong, or may not do enough", async () => {
		const password = join(folder, "password");
		await writeFile(password, "wrong\n");
		const wrong = /etcd does not accept user root with that password/;
		await refusedWith(1, wrong, "--user", "root", "--password-file", password);
		for (const command of [["status"], ["check"], ["validate"], ["plan", "--replicas", "5"]]) {
			const args = [...command, "-n", NAMESPACE, "--user", "root", "--password-file", password];
			const ran = await quorate(cluster.kubeconfig, args, { cwd: folder });
			expect(ran.stderr).toMatch(wrong);
			expect(ran.stdout, "nothing else is claimed").toBe("");
			expect(ran.code).toBe(1);
		}
		const pod = ["exec", "mayastor-etcd-0", "--", "etcdctl", "user", "add", "ann:wrong"];
		await kubectl(cluster.kubeconfig, ["-n", NAMESPACE, ...pod]);
		await refused(
			/user ann lacks the role root: it has no role.*auth-enough/,
			"--user",
			"ann",
			"--password-file",
			password,
		);
	});

	it("a person without the right to read Secrets is told of it, and can bring what they hold", async () => {
		await kube(cluster, "create", "serviceaccount", "operator");
		const everything = ["--verb=*", "--resource=pods,pods/portforward,services,persistentvolumeclaims"];
		const more = "statefulsets.apps,leases.coordination.k8s.io,nodes,persistentvolumes,storageclasses.storage.k8s.io";
		await kube(cluster, "create", "clusterrole", "operator", ...everything, `--resource=${more}`);
		const binding = ["--clusterrole=operator", `--serviceaccount=${NAMESPACE}:operator`];
		await kube(cluster, "create", "clusterrolebinding", "operator", ...binding);
		const token = (await kube(cluster, "create", "token", "operator")).trim();
		const config = JSON.parse(await kube(cluster, "config", "view", "--raw", "-o", "json"));
		config.users = config.users.map(({ name }: { name: string }) => ({ name, user: { token } }));
		const kubeconfig = join(folder, "operator.kubeconfig");
		await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 });

		const plan = ["plan", "-n", NAMESPACE, "--replicas", "5", "-o", "json"];
		const closed = await quorate(kubeconfig, plan);
		expect(closed.stderr).toMatch(/may not read ca\.crt of Secret mayastor-etcd-client-crt/);
		expect(closed.stderr).toMatch(/--cacert/);
		expect(closed.code).toBe(1);

		const { tls, auth } = await clientAccess(cluster);
		const file = async (name: string, text = "") => {
			await writeFile(join(folder, name), text, { mode: 0o600 });
			return join(folder, name);
		};
		const certificates = [
			...["--cacert", await file("ca", tls?.ca)],
			...["--cert", await file("cert", tls?.cert), "--key", await file("key", tls?.key)],
		];
		const nobody = JSON.parse((await quorate(kubeconfig, [...plan, ...certificates])).stdout);
		const result = (document: typeof nobody, id: string) =>
			document.checks.find((check: { id: string }) => check.id === id);
		expect(result(nobody, "auth-enough")).toMatchObject({ status: "fail" });
		const user = ["--user", "root", "--password-file", await file("root", auth?.password)];
		const known = JSON.parse((await quorate(kubeconfig, [...plan, ...certificates, ...user])).stdout);
		expect(result(known, "auth-enough")).toMatchObject({ status: "pass" });
		expect(result(known, "rights-enough")).toMatchObject({ status: "pass" });
		// the certificates are seen all the same, as a member shows them
		expect(result(known, "certificates-good")).toMatchObject({
			status: "fail",
			saw: expect.stringMatching(new RegExp(`does not cover ${host(3)}`)),
		});
	});

	it("a certificate that has expired", async () => {
		const data = { "tls.crt": Buffer.from(EXPIRED).toString("base64") };
		await kube(cluster, "patch", "secret", "mayastor-etcd-peer-crt", "-p", JSON.stringify({ data }));
		await refused(/peer certificate, tls\.crt of Secret mayastor-etcd-peer-crt, has expired on 2020-02-01/);
	});
});
