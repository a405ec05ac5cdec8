import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { QuorateError } from "../errors.ts";
import { type KubeconfigOptions, loadKubeconfig } from "./kubeconfig.ts";
import { testCertificate } from "./testing/api-server.ts";

let folder = "";
let pair = { key: "", cert: "" };
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "quorate-kubeconfig-"));
	pair = await testCertificate();
});
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
function file(content: unknown, name = `config-${count++}`): string {
	const path = join(folder, name);
	writeFileSync(path, typeof content === "string" ? content : stringify(content));
	return path;
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

interface Parts {
	cluster?: object;
	user?: object;
	context?: object;
	name?: string;
	current?: string | null;
}

function config({ cluster = {}, user = {}, context = {}, name = "a", current = name }: Parts = {}): object {
	return {
		apiVersion: "v1",
		kind: "Config",
		...(current === null ? {} : { "current-context": current }),
		clusters: [{ name, cluster: { server: `https://${name}.example:6443`, ...cluster } }],
		users: [{ name, user }],
		contexts: [{ name, context: { cluster: name, user: name, ...context } }],
	};
}

function load(content: unknown, options: KubeconfigOptions = {}) {
	return loadKubeconfig({ env: {}, kubeconfig: file(content), ...options });
}

function failure(run: () => unknown): QuorateError {
	try {
		run();
	} catch (error) {
		if (error instanceof QuorateError) return error;
		throw error;
	}
	throw new Error("it was accepted");
}

test("server, namespace and token of the current context", async () => {
	const it = load(config({ user: { token: "secret" }, context: { namespace: "mayastor" } }));
	expect(it).toMatchObject({ server: "https://a.example:6443", namespace: "mayastor", context: "a", user: "a" });
	expect(it.tls).toMatchObject({ verify: true, serverName: undefined, clientCertificate: undefined });
	expect(it.tls.ca.length).toBeGreaterThan(0);
	expect(await it.credentials.identity()).toEqual({ headers: { authorization: "Bearer secret" } });
});

test("options win over the file", () => {
	const it = load(config({ context: { namespace: "x" }, user: { as: "carl", "as-groups": ["g"] } }), {
		namespace: "mine",
		requestTimeoutMs: 0,
		as: "ann",
		asGroups: ["h"],
	});
	expect(it).toMatchObject({ namespace: "mine", requestTimeoutMs: 0 });
	expect(it.headers).toEqual({ "impersonate-user": "ann", "impersonate-group": ["h"] });
});

test("paths are relative to the file's folder, and data wins over a file", () => {
	mkdirSync(join(folder, "pki"), { recursive: true });
	file(pair.cert, "pki/ca.crt");
	file(pair.cert, "pki/client.crt");
	file(pair.key, "pki/client.key");
	const it = load(
		config({
			cluster: { "certificate-authority": "pki/ca.crt", "tls-server-name": "k8s" },
			user: {
				"client-certificate": "no/such",
				"client-certificate-data": base64(pair.cert),
				"client-key": "pki/client.key",
			},
		}),
	);
	expect(it.tls.ca.map(String)).toEqual([pair.cert]);
	expect(String(it.tls.clientCertificate?.key)).toBe(pair.key);
	expect(it.tls.serverName).toBe("k8s");
});

test("a list of files: the first that has an entry or a current-context wins, absent files are passed over", async () => {
	const first = file({ ...config({ name: "a", current: null, user: { token: "one" } }), contexts: [] });
	const second = file({
		...config({ name: "a", user: { token: "two" } }),
		contexts: [{ name: "ctx", context: { cluster: "a", user: "a" } }],
		"current-context": "ctx",
	});
	const third = file(config({ name: "c" }));
	const KUBECONFIG = ["", first, join(folder, "absent"), second, third, second].join(delimiter);
	const it = loadKubeconfig({ env: { KUBECONFIG } });
	expect(it).toMatchObject({ context: "ctx", source: first });
	expect(await it.credentials.identity()).toEqual({ headers: { authorization: "Bearer one" } });
	expect(loadKubeconfig({ env: { KUBECONFIG }, context: "c" }).server).toBe("https://c.example:6443");
});

test("~/.kube/config where nothing is named", () => {
	mkdirSync(join(folder, "home/.kube"), { recursive: true });
	file(config({ name: "home" }), "home/.kube/config");
	expect(loadKubeconfig({ env: { HOME: join(folder, "home") } }).context).toBe("home");
});

test("in a pod: the service account, its token read anew once it was refused", async () => {
	mkdirSync(join(folder, "sa"), { recursive: true });
	file("first\n", "sa/token");
	file(pair.cert, "sa/ca.crt");
	file("operators\n", "sa/namespace");
	const env = { HOME: join(folder, "nobody"), KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
	const it = loadKubeconfig({ env, serviceAccount: { folder: join(folder, "sa") } });
	expect(it).toMatchObject({ server: "https://[fd00::1]:443", namespace: "operators", context: undefined });
	expect(await it.credentials.identity()).toEqual({ headers: { authorization: "Bearer first" } });
	file("second\n", "sa/token");
	expect(await it.credentials.identity()).toEqual({ headers: { authorization: "Bearer first" } });
	expect(it.credentials.rejected()).toBe(true);
	expect(await it.credentials.identity()).toEqual({ headers: { authorization: "Bearer second" } });
	const kubeconfig = file(config());
	expect(loadKubeconfig({ env, kubeconfig, serviceAccount: { folder: join(folder, "sa") } }).context).toBe("a");
});

test("a user's tokenFile, name and password, or nobody", async () => {
	file("from-file\n", "token");
	expect(await load(config({ user: { tokenFile: "token", token: "old" } })).credentials.identity()).toEqual({
		headers: { authorization: "Bearer from-file" },
	});
	const basic = `Basic ${base64("u:p")}`;
	expect(await load(config({ user: { username: "u", password: "p" } })).credentials.identity()).toEqual({
		headers: { authorization: basic },
	});
	expect(await load(config({ context: { user: "" } })).credentials.identity()).toEqual({ headers: {} });
});

test("addresses without a scheme, with a path, and proxies", () => {
	expect(load(config({ cluster: { server: "k8s:6443", "insecure-skip-tls-verify": true } }))).toMatchObject({
		server: "https://k8s:6443",
		tls: { verify: false },
	});
	expect(load(config({ cluster: { server: "localhost:8080" } })).server).toBe("http://localhost:8080");
	expect(load(config({ cluster: { server: "https://r.example/k8s/clusters/c-1/" } })).server).toBe(
		"https://r.example/k8s/clusters/c-1",
	);
	expect(load(config({ cluster: { "proxy-url": "socks5://p:1080" } })).proxy).toBe("socks5://p:1080");
	expect(load(config(), { env: { HTTPS_PROXY: "p:3128", NO_PROXY: "other.example" } }).proxy).toBe("http://p:3128");
	expect(load(config(), { env: { HTTPS_PROXY: "p:3128", NO_PROXY: ".example" } }).proxy).toBeUndefined();
});

test("an OIDC token as long as it is good; one that kubectl renewed is found in the file", async () => {
	const token = (exp: number) => `x.${Buffer.from(JSON.stringify({ exp })).toString("base64url")}.y`;
	const user = (idToken: string) => ({ "auth-provider": { name: "oidc", config: { "id-token": idToken } } });
	const [past, future] = [Date.now() / 1000 - 60, Date.now() / 1000 + 3600];
	const kubeconfig = file(config({ user: user(token(past)) }), "oidc");
	const it = loadKubeconfig({ env: {}, kubeconfig });
	await expect(it.credentials.identity()).rejects.toMatchObject({
		code: "Unauthorized",
		message: expect.stringContaining("has expired"),
	});
	file(config({ user: user(token(future)) }), "oidc");
	expect(await it.credentials.identity()).toEqual({ headers: { authorization: `Bearer ${token(future)}` } });
});

test("an unknown context, or none set, lists those that there are", () => {
	const two = { ...config(), contexts: ["a", "b"].map((name) => ({ name, context: { cluster: "a", user: "a" } })) };
	expect(failure(() => load(two, { context: "c" }))).toMatchObject({
		code: "KubeconfigInvalid",
		hint: 'there are: "a", "b"; name one with --context',
	});
	expect(failure(() => load({ ...two, "current-context": "" }))).toMatchObject({
		message: expect.stringContaining("no current-context is set"),
	});
	expect(failure(() => load({ ...two, "current-context": "z" })).message).toContain(
		'the current-context "z" is not in it',
	);
});

test("a named file must be there; of none at all, the places looked at are told", () => {
	const absent = join(folder, "absent");
	expect(failure(() => loadKubeconfig({ env: {}, kubeconfig: absent })).message).toBe(
		`${absent}: there is no such file`,
	);
	expect(failure(() => loadKubeconfig({ env: { HOME: absent } })).message).toContain(
		`${absent}/.kube/config: there is no such file`,
	);
	expect(failure(() => loadKubeconfig({ env: {}, kubeconfig: folder })).message).toContain("EISDIR");
	expect(failure(() => load("")).message).toContain("names no cluster");
});

test.each([
	["not YAML", "a: [1", "is not YAML"],
	["a key twice", "kind: Config\nkind: Config", "is not YAML"],
	[
		"an alias bomb",
		"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c]",
		"is not YAML",
	],
	["a list", "[]", "not a kubeconfig: it holds a list"],
	["text", "hello", "not a kubeconfig: it holds text"],
	["another object", { kind: "Pod" }, "not a kubeconfig: its kind is Pod, not Config"],
	["clusters that are no list", { clusters: { a: 1 } }, "clusters is an object, not a list"],
	["an entry that is none", { clusters: ["a"] }, "clusters[0] is text, not an object"],
	["a server of another type", config({ cluster: { server: 1 } }), "clusters[0].cluster.server is a number, not text"],
	["no server", config({ cluster: { server: "" } }), 'cluster "a": server is missing'],
	["a server of another kind", config({ cluster: { server: "ftp://x" } }), "is not an address"],
	["a token that is a number", config({ user: { token: 12345 } }), "users[0].user.token is a number, not text"],
	["a token with a line break", config({ user: { token: "a\nb" } }), "token holds characters that no token has"],
	["a context without its cluster", config({ context: { cluster: "z" } }), 'names the cluster "z", which is not there'],
	["a context without its user", config({ context: { user: "z" } }), 'names the user "z", which is not there'],
	[
		"data that is not base64",
		config({ cluster: { "certificate-authority-data": "<>" } }),
		"certificate-authority-data is not base64",
	],
	[
		"an authority that is none",
		config({ cluster: { "certificate-authority-data": base64("hello") } }),
		"holds no certificate",
	],
	[
		"an authority's file that is absent",
		config({ cluster: { "certificate-authority": "absent.crt" } }),
		"certificate-authority cannot be read",
	],
	["a certificate without key", config({ user: { "client-certificate-data": base64("x") } }), "without its client-key"],
	[
		"a certificate that is none",
		config({ user: { "client-certificate-data": base64("x"), "client-key-data": base64("y") } }),
		"cannot be used",
	],
	[
		"a plugin without command",
		config({ user: { exec: { apiVersion: "client.authentication.k8s.io/v1" } } }),
		"exec.command is missing",
	],
	[
		"a plugin of old",
		config({ user: { exec: { apiVersion: "client.authentication.k8s.io/v1alpha1", command: "x" } } }),
		"is not supported",
	],
	[
		"a provider that is gone",
		config({ user: { "auth-provider": { name: "gcp" } } }),
		'auth-provider "gcp" is not supported',
	],
	["someone to impersonate who cannot be sent", config({ user: { as: "a\nb" } }), "impersonate-user"],
	["a proxy that is none", config({ cluster: { "proxy-url": "ftp://p" } }), "is not an http, https or socks5 address"],
])("%s is told", (_, content, text) => {
	const error = failure(() => load(content));
	expect(error).toMatchObject({
		code: "KubeconfigInvalid",
		operation: "reading the kubeconfig",
		hint: expect.stringMatching(/./),
	});
	expect(error.message).toContain(text);
	expect(error.message).toContain(folder);
});

test("an authority together with insecure-skip-tls-verify contradicts itself", () => {
	const cluster = { "certificate-authority-data": base64(pair.cert), "insecure-skip-tls-verify": true };
	expect(failure(() => load(config({ cluster }))).message).toContain("contradicts itself");
});

test("a plugin receives the cluster as the kubeconfig describes it, without the authorities of the machine", async () => {
	const exec = {
		apiVersion: "client.authentication.k8s.io/v1",
		command: process.execPath,
		args: [
			"-e",
			`console.log(JSON.stringify({ kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1",
				status: { token: Buffer.from(process.env.KUBERNETES_EXEC_INFO).toString("base64url") } }))`,
		],
		provideClusterInfo: true,
		interactiveMode: "Never",
	};
	const told = async (cluster: object) => {
		const env = { HTTPS_PROXY: "http://proxy:3128", SSL_CERT_FILE: file(`${pair.cert}\n`.repeat(1000)) };
		const { credentials } = load(config({ cluster, user: { exec } }), { env });
		const { headers } = await credentials.identity();
		const token = String(headers.authorization).slice("Bearer ".length);
		return JSON.parse(Buffer.from(token, "base64url").toString()).spec.cluster;
	};
	const server = "https://a.example:6443";
	expect(await told({})).toEqual({ server });
	const extensions = [{ name: "client.authentication.k8s.io/exec", extension: { audience: "x" } }];
	expect(await told({ "certificate-authority-data": base64(pair.cert), extensions })).toEqual({
		server,
		"certificate-authority-data": base64(pair.cert),
		config: { audience: "x" },
	});
});
