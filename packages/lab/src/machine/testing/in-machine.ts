import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const NAMESPACES = ["--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
/** What is bundled as CommonJS asks for `require`. */
const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/**
 * Runs a TypeScript module as the lab's machine runs: as root of namespaces of its own. The module gets a folder of its own as its first
 * argument and prints JSON, which is returned.
 */
export async function inMachine<T>(module: URL, args: string[] = []): Promise<T> {
	const folder = await mkdtemp(join(tmpdir(), "machine-"));
	try {
		const outfile = join(folder, "main.mjs");
		await build({
			entryPoints: [fileURLToPath(module)],
			bundle: true,
			platform: "node",
			format: "esm",
			outfile,
			logLevel: "error",
			banner: { js: REQUIRE },
		});
		const child = spawn("unshare", [...NAMESPACES, process.execPath, outfile, join(folder, "state"), ...args], {
			stdio: ["ignore", "pipe", "pipe"],
		});
		const [stdout, stderr, code] = await Promise.all([
			text(child.stdout),
			text(child.stderr),
			new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve)),
		]);
		if (code !== 0) throw new Error(`${module.pathname} ended with ${code}:\n${stderr}${stdout}`);
		return JSON.parse(stdout) as T;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
