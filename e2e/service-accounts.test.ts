import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { dialLab, downLab, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectl } from "./kubectl.ts";

const NAME = `accounts-${process.pid}`;
const FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";
const NAMESPACE = "robots";

let kubeconfig: string;
const run = (...args: string[]) => kubectl(kubeconfig, args);

beforeAll(async () => {
	await upLab({ name: NAME, members: 1, nodes: 1, volumes: 1 });
	kubeconfig = await labKubeconfig(NAME);
	await run("create", "namespace", NAMESPACE);
	await run("create", "serviceaccount", "robot", "-n", NAMESPACE);
	const overrides = JSON.stringify({ spec: { serviceAccountName: "robot" } });
	await run("run", "p", "-n", NAMESPACE, "--image=busybox", `--overrides=${overrides}`, "--", "sleep", "1000");
	await run("wait", "pod/p", "-n", NAMESPACE, "--for=condition=Ready", "--timeout=60s");
});
afterAll(() => downLab(NAME));

/** Asks the API server as a pod does: by the Service's name, with what lies in the pod. */
async function askAsPod(path: string): Promise<{ code: number; body: string }> {
	const read = (file: string) => run("exec", "-n", NAMESPACE, "p", "--", "cat", `${FOLDER}/${file}`);
	const [token, ca] = await Promise.all([read("token"), read("ca.crt")]);
	const servername = "kubernetes.default.svc";
	const socket = connect({ socket: await dialLab(NAME, servername, 443), ca, servername });
	await once(socket, "secureConnect");
	const head = ["Host: kubernetes.default.svc", `Authorization: Bearer ${token}`, "Connection: close"];
	socket.write(`GET ${path} HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n`);
	const answer = await text(socket);
	return { code: Number(answer.split(" ")[1]), body: answer };
}

describe("a pod's service account", () => {
	it("is told in the pod, with the server's name and authority", async () => {
		const names = await run("exec", "-n", NAMESPACE, "p", "--", "ls", FOLDER);
		expect(names.split("\n").filter(Boolean)).toEqual(["ca.crt", "namespace", "token"]);
		expect(await run("exec", "-n", NAMESPACE, "p", "--", "cat", `${FOLDER}/namespace`)).toBe(NAMESPACE);
		const { code, body } = await askAsPod("/version");
		expect([code, body]).toEqual([200, expect.stringContaining('"minor"')]);
	});

	it("may do nothing before it is allowed to, and that only", async () => {
		const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
		const refused = await askAsPod(path);
		expect(refused.code).toBe(403);
		expect(refused.body).toContain(`system:serviceaccount:${NAMESPACE}:robot`);
		const account = `--serviceaccount=${NAMESPACE}:robot`;
		await run("create", "role", "reader", "-n", NAMESPACE, "--verb=get,list", "--resource=pods");
		await run("create", "rolebinding", "reader", "-n", NAMESPACE, "--role=reader", account);
		expect((await askAsPod(path)).code).toBe(200);
		expect((await askAsPod("/api/v1/pods")).code).toBe(403);
	});

	it("can be had as a token, which kubectl takes", async () => {
		const token = (await run("create", "token", "robot", "-n", NAMESPACE)).trim();
		const config = await run("config", "view", "--raw", "--minify", "-o", "json");
		const { clusters } = JSON.parse(config) as { clusters: { cluster: Record<string, string> }[] };
		const { server = "", "certificate-authority-data": authority = "" } = clusters[0]?.cluster ?? {};
		const own = JSON.stringify({
			apiVersion: "v1",
			kind: "Config",
			clusters: [{ name: "c", cluster: { server, "certificate-authority-data": authority } }],
			users: [{ name: "u", user: { token } }],
			contexts: [{ name: "x", context: { cluster: "c", user: "u", namespace: NAMESPACE } }],
			"current-context": "x",
		});
		const folder = await mkdtemp(join(tmpdir(), "quorate-token-"));
		await writeFile(join(folder, "config"), own, { mode: 0o600 });
		try {
			const as = (...args: string[]) => kubectl(join(folder, "config"), args);
			expect(await as("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}")).toBe(
				`system:serviceaccount:${NAMESPACE}:robot`,
			);
			expect((await as("auth", "can-i", "list", "pods")).trim()).toBe("yes");
			await expect(as("get", "secrets")).rejects.toThrow('cannot list resource "secrets"');
		} finally {
			await rm(folder, { recursive: true });
		}
	});
});
