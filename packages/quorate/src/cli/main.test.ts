import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type BundledCommand, bundleCommand } from "./testing/bundled-command.ts";

let quorate: BundledCommand;
let folder: string;

beforeAll(async () => {
	quorate = await bundleCommand();
	folder = await mkdtemp(join(tmpdir(), "quorate-main-"));
});

afterAll(async () => {
	await quorate.remove();
	await rm(folder, { recursive: true });
});

async function file(name: string, text: string): Promise<string> {
	const path = join(folder, name);
	await writeFile(path, text);
	return path;
}

const kubeconfig = (server: string) => `
apiVersion: v1
kind: Config
current-context: here
clusters: [{ name: here, cluster: { server: "${server}" } }]
users: [{ name: me, user: { token: x } }]
contexts: [{ name: here, context: { cluster: here, user: me } }]
`;

/** Empties the line that it stands in. */
const ESCAPES = "is\u001b[2Kclosed\u009b2J";

/** An API server of one StatefulSet, that refuses all else in these words. */
async function serverThatSays(message: string): Promise<string> {
	const etcd = { name: "etcd", image: "etcd:3.6.16", command: ["etcd"] };
	const set = {
		metadata: { name: "etcd", namespace: "default", uid: "u" },
		spec: { template: { spec: { containers: [etcd] } } },
	};
	const server = createServer(({ url = "" }, answer) => {
		const ofAll = url.startsWith("/apis/apps/v1/statefulsets");
		const refusal = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "Invalid", code: 422, message };
		const list = { kind: "StatefulSetList", apiVersion: "apps/v1", metadata: { resourceVersion: "1" }, items: [set] };
		answer.writeHead(ofAll ? 200 : 422, { "content-type": "application/json" });
		answer.end(JSON.stringify(ofAll ? list : refusal));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("the command as it is shipped", () => {
	it("prints help, and nothing on stderr", async () => {
		const { code, stdout, stderr } = await quorate.run(["--help"]);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout).toContain("Usage: quorate");
	});

	it.each([
		["0", /whole number from 1, in digits; got "0"/],
		["-1", /got "-1"/],
		["2.5", /got "2\.5"/],
		["abc", /got "abc"/],
	])("refuses %s replicas with exit code 2", async (replicas, message) => {
		const { code, stdout, stderr } = await quorate.run(["scale", "--replicas", replicas, "--yes"]);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(message);
	});

	it("refuses an unknown flag with exit code 2", async () => {
		expect(await quorate.run(["status", "--nope"])).toMatchObject({ code: 2, stdout: "" });
	});

	it.each([
		["that is not there", async () => join(folder, "none")],
		["that is none", () => file("no-yaml", "\u0000{{{")],
		["that is another thing", () => file("a-list", "- 1\n- 2\n")],
		["without a context", () => file("empty", "apiVersion: v1\nkind: Config\n")],
	])("refuses a kubeconfig %s with exit code 2", async (_, path) => {
		const named = await path();
		const ran = await quorate.run(["status", "--kubeconfig", named, "-o", "json"]);
		expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: 2, stdout: "" });
		expect(JSON.parse(ran.stderr)).toMatchObject({
			code: "KubeconfigInvalid",
			message: expect.stringContaining(named),
		});
	});

	it("tells a server that does not answer, with exit code 1, and its requests when asked", async () => {
		const named = await file("unreachable", kubeconfig("http://127.0.0.1:9"));
		const ran = await quorate.run(["status", "-v=6"], { KUBECONFIG: named });
		expect(ran.code).toBe(1);
		expect(ran.stderr).toMatch(/error: .*127\.0\.0\.1:9/);
		expect(ran.stderr).toMatch(
			/^I\d{4} \S+ +\d+ request\.ts\] GET \S*\/apis\/apps\/v1\/\S+ no answer in \d+ milliseconds$/m,
		);
		expect(ran.stderr).not.toContain("    at ");
	});

	it.each([
		["stdout", ["status", "-A"]],
		["stdout", ["status", "-A", "-o", "json"]],
		["stderr", ["status"]],
		["stderr", ["status", "-o", "json"]],
	] satisfies ["stdout" | "stderr", string[]][])(
		"shows on %s what a terminal would obey, and does not write it: %j",
		async (stream, words) => {
			const named = await file("escapes", kubeconfig(await serverThatSays(ESCAPES)));
			const ran = await quorate.run(words, { KUBECONFIG: named });
			expect(ran.code, ran.stderr).toBe(1);
			expect(ran[stream], ran.stderr).toContain("is\\u001b[2Kclosed\\u009b2J");
			const written = [...ran.stdout, ...ran.stderr].map((one) => one.charCodeAt(0));
			expect(written.filter((code) => (code < 32 && code !== 10) || (code >= 127 && code < 160))).toEqual([]);
			if (words.includes("json"))
				expect(JSON.stringify(JSON.parse(ran[stream]))).toContain(JSON.stringify(ESCAPES).slice(1, -1));
		},
	);

	it("tells how to install the lab where it is not installed", async () => {
		const { code, stderr } = await quorate.run(["lab", "list"]);
		expect(code).toBe(1);
		expect(stderr).toContain("the package quorate-lab is not installed");
	});

	it("completes", async () => {
		expect((await quorate.run(["__complete", "stat"])).stdout).toBe(
			"status\tshow the cluster, its members and pods\n:4\n",
		);
	});
});
