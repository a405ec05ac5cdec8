import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { type ClusterUnderTest, onLab } from "./cluster-under-test.ts";
import { kubectl, run } from "./kubectl.ts";
import { httpProxy, type LocalProxy, socksProxy } from "./local-proxy.ts";
import { quorate } from "./quorate-command.ts";

const PACKAGE = fileURLToPath(new URL("../packages/quorate/", import.meta.url));
const DIST = join(PACKAGE, "dist");

/** What a built file takes from one that it loads later. */
interface Load {
	from: string;
	file: string;
	names: string[];
}

/** `await import("./x.js")`, with the names that are taken from it where they stand beside it. */
const LOADED = /(?:\{([^{}]*)\} = await |\(await )?import\("(\.[^"]+)"\)(?:\)\.(\w+))?/g;

async function loads(file: string): Promise<Load[]> {
	const text = await readFile(join(DIST, file), "utf8");
	return [...text.matchAll(LOADED)].map(([, braces = "", target = "", property]) => ({
		from: file,
		file: fileURLToPath(new URL(target, pathToFileURL(join(DIST, file)))),
		names: property ? [property] : braces.split(",").flatMap((one) => one.split(":")[0]?.trim() || []),
	}));
}

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-built-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("every file that is loaded later has the names that are taken from it", async () => {
	const files = (await readdir(DIST, { recursive: true })).filter((file) => file.endsWith(".js"));
	const all = (await Promise.all(files.map(loads))).flat();
	expect(all.length).toBeGreaterThan(30);
	for (const { from, file, names } of all) {
		const module = (await import(file)) as object;
		for (const name of names) expect(Object.keys(module), `${from} takes ${name} from ${file}`).toContain(name);
	}
});

describe("where the lab's package is not installed", () => {
	it("says so, and completes all the same", async () => {
		await cp(join(PACKAGE, "bin"), join(folder, "bin"), { recursive: true });
		await cp(DIST, join(folder, "dist"), { recursive: true });
		await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
		const alone = (...args: string[]) => run(process.execPath, [join(folder, "bin/quorate.js"), ...args]);
		const missing = await alone("lab", "list");
		expect(missing.code).toBe(1);
		expect(missing.stderr).toContain("the package quorate-lab is not installed");
		expect((await alone("__complete", "stat")).stdout).toMatch(/^status\t.*\n:4\n$/);
		expect((await alone("completion", "bash")).stdout).toContain("complete");
	});
});

describe("with a cluster", () => {
	let lab: ClusterUnderTest;
	const ran = async (args: readonly string[], kubeconfig = lab.kubeconfig, env: NodeJS.ProcessEnv = {}) => {
		const { code, stdout, stderr } = await quorate(kubeconfig, args, { cwd: folder, env });
		if (code !== 0) throw new Error(`quorate ${args.join(" ")}: exit code ${code}\n${stdout}${stderr}`);
		return stdout;
	};
	const kube = (...args: string[]) => kubectl(lab.kubeconfig, ["-n", "mayastor", ...args]);

	beforeAll(async () => {
		lab = await onLab({ members: 1 });
	});
	afterAll(() => lab?.destroy());

	it("finds the lab's package where it is installed", async () => {
		expect(await ran(["lab", "list"])).toMatch(/e2e-/);
	});

	it.each([
		["status", []],
		["plan", ["--replicas", "1"]],
		["check", ["--replicas", "1"]],
	])("%s writes YAML", async (command, args) => {
		const [document] = parseAllDocuments(await ran([command, "-n", "mayastor", "-o", "yaml", ...args]));
		expect(document?.errors).toEqual([]);
		expect(document?.toJS()).toMatchObject({ apiVersion: expect.any(String), kind: expect.any(String) });
	});

	it("completes the names of what is there", async () => {
		const words = async (...args: string[]) => (await ran(["__complete", ...args])).trimEnd().split("\n").slice(0, -1);
		expect(await words("scale", "-n", "mayastor", "")).toEqual(["sts/mayastor-etcd"]);
		expect(await words("status", "-n", "may")).toEqual(["mayastor"]);
		expect(await words("snapshot", "save", "x.db", "-n", "mayastor", "--pod", "")).toEqual(["mayastor-etcd-0"]);
		const current = await kube("config", "current-context");
		expect(await words("status", "--context", "")).toEqual([current.trim()]);
		expect(await words("lab", "down", "--name", "e2e-")).not.toEqual([]);
		// a server that is not there makes nobody wait, and says nothing
		expect(await words("scale", "--kubeconfig", "/dev/null", "")).toEqual([]);
	});

	it("writes an error as YAML", async () => {
		const { code, stderr } = await quorate(lab.kubeconfig, ["status", "-n", "mayastor", "none", "-o", "yaml"]);
		expect(code).not.toBe(0);
		expect(parseAllDocuments(stderr).at(-1)?.toJS()).toMatchObject({ code: "StatefulSetNotFound" });
	});

	it("writes a manifest of rights as YAML", async () => {
		expect(parseAllDocuments(await ran(["rbac", "look", "-n", "mayastor"]))[0]?.toJS()).toMatchObject({ kind: "List" });
	});

	describe.each([
		["http", () => httpProxy()],
		["https", async () => httpProxy(await certificate())],
		["socks5", () => socksProxy()],
	])("behind a proxy that speaks %s", (_, start: () => Promise<LocalProxy>) => {
		it("reaches the API server and, through it, the members", async () => {
			const proxy = await start();
			try {
				const text = await readFile(lab.kubeconfig, "utf8");
				const path = join(folder, `${new URL(proxy.url).protocol}kubeconfig`.replace(":", "-"));
				await writeFile(path, text.replace(/^( *)(server: .*)$/m, `$1$2\n$1proxy-url: ${proxy.url}`));
				const status = await ran(["status", "-n", "mayastor"], path, { SSL_CERT_FILE: join(folder, "proxy.crt") });
				expect(status).toMatch(/1 voter/);
				expect(proxy.count()).toBeGreaterThan(1);
			} finally {
				proxy.close();
			}
		});
	});

	it("reads how many replicas Helm's release renders, and the value that says so", async () => {
		const manifest = `${await kube("get", "sts", "mayastor-etcd", "-o", "json")}\n---\n# nothing\n`;
		const release = { manifest, chart: { values: { etcd: { replicaCount: 1 } } } };
		const zipped = gzipSync(JSON.stringify(release)).toString("base64");
		await kube("create", "secret", "generic", "sh.helm.release.v1.mayastor.v1", `--from-literal=release=${zipped}`);
		await kube("label", "secret", "sh.helm.release.v1.mayastor.v1", "owner=helm", "status=deployed", "name=mayastor");
		const checks = await ran(["check", "-n", "mayastor", "--replicas", "3", "-o", "wide"]).catch(String);
		expect(checks).toContain("renders mayastor-etcd with 1 replicas, not 3");
		expect(checks).toContain("--set etcd.replicaCount=3");
	});
});

/** For the name localhost; its authority lies beside it, where SSL_CERT_FILE names it. */
async function certificate(): Promise<{ cert: string; key: string }> {
	const [key, cert] = [join(folder, "proxy.key"), join(folder, "proxy.crt")];
	const { code, stderr } = await run("openssl", [
		...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
		...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
	]);
	if (code !== 0) throw new Error(stderr);
	return { cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") };
}
