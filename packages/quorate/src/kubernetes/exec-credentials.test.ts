import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { execCredentials } from "./exec-credentials.ts";
import type { ExecEntry } from "./kubeconfig-file.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-exec-"));
afterAll(() => rmSync(folder, { recursive: true }));
const V1 = "client.authentication.k8s.io/v1";

let count = 0;
/** A plugin that is a line of JavaScript, and counts how often it was run. */
function plugin(code: string, changes: Partial<ExecEntry> = {}) {
	const log = join(folder, `runs-${count++}`);
	writeFileSync(log, "");
	const script = `require("fs").appendFileSync(${JSON.stringify(log)}, "x"); ${code}`;
	const entry: ExecEntry = {
		apiVersion: V1,
		command: process.execPath,
		args: ["-e", script],
		env: [],
		provideClusterInfo: false,
		...changes,
	};
	const credentials = execCredentials(entry, { server: "https://k8s" }, "/kubeconfig");
	return { credentials, runs: () => readFileSync(log, "utf8").length };
}

const print = (status: string) =>
	`console.log(JSON.stringify({ kind: "ExecCredential", apiVersion: "${V1}", status: ${status} }))`;

test("a token without expiry is asked for once, by many at once too, and anew once it was refused", async () => {
	const { credentials, runs } = plugin(print(`{ token: "t" + Math.random() }`));
	const [one, two] = await Promise.all([credentials.identity(), credentials.identity()]);
	expect(two).toEqual(one);
	expect(await credentials.identity()).toEqual(one);
	expect(runs()).toBe(1);
	expect(credentials.rejected()).toBe(true);
	expect(await credentials.identity()).not.toEqual(one);
	expect(runs()).toBe(2);
});

test("one that has expired is asked for again", async () => {
	const { credentials, runs } = plugin(print(`{ token: "t", expirationTimestamp: "2020-01-01T00:00:00Z" }`));
	await credentials.identity();
	const before = runs();
	await credentials.identity();
	expect(runs()).toBeGreaterThan(before);
});

test("a certificate is handed on", async () => {
	const { credentials } = plugin(print(`{ clientCertificateData: "C", clientKeyData: "K" }`));
	expect(await credentials.identity()).toEqual({ headers: {}, cert: "C", key: "K" });
});

test("the plugin has its environment and is told version and cluster", async () => {
	const { credentials } = plugin(print("{ token: process.env.OWN + process.env.KUBERNETES_EXEC_INFO }"), {
		env: [{ name: "OWN", value: "own " }],
		provideClusterInfo: true,
		interactiveMode: "Never",
	});
	const { headers } = await credentials.identity();
	const info = {
		kind: "ExecCredential",
		apiVersion: V1,
		spec: { interactive: false, cluster: { server: "https://k8s" } },
	};
	expect(headers.authorization).toBe(`Bearer own ${JSON.stringify(info)}`);
});

test.each([
	["fails", `console.error("token has expired; log in"); process.exit(3)`, /ended with 3: token has expired; log in/],
	["is killed", `process.kill(process.pid, "SIGKILL")`, /ended with SIGKILL/],
	["prints nothing", "", /did not print JSON/],
	["prints something else", `console.log("{}")`, /did not print an ExecCredential/],
	["prints null", `console.log("null")`, /did not print an ExecCredential/],
	["speaks another version", `console.log('{"kind":"ExecCredential","apiVersion":"v9"}')`, /printed v9/],
	["has no status", print("null"), /neither a token nor a certificate/],
	["prints a certificate without key", print(`{ clientCertificateData: "C" }`), /without a key/],
	["prints a wrong time", print(`{ token: "t", expirationTimestamp: "soon" }`), /that is no time: soon/],
])("a plugin that %s is told, and asked again the next time", async (_, code, text) => {
	const { credentials, runs } = plugin(code);
	const failing = { code: "Unauthorized", message: expect.stringMatching(text), hint: expect.stringMatching(/./) };
	await expect(credentials.identity()).rejects.toMatchObject(failing);
	await expect(credentials.identity()).rejects.toMatchObject(failing);
	expect(runs()).toBe(2);
});

test("one that is not installed is told with the kubeconfig's own hint", async () => {
	const { credentials } = plugin("", { command: "no-such-plugin", installHint: "get it from your admin" });
	await expect(credentials.identity()).rejects.toMatchObject({
		message: expect.stringContaining("is not installed"),
		hint: "get it from your admin",
	});
});
