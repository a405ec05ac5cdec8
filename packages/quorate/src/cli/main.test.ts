import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
