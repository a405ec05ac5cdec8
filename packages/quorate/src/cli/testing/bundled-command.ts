import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface Ran {
	code: number | null;
	stdout: string;
	stderr: string;
}

export interface BundledCommand {
	readonly file: string;
	/** Runs it with pipes; the environment holds nothing but PATH, a UTF-8 locale and what is given. */
	run(words: readonly string[], env?: Record<string, string>): Promise<Ran>;
	remove(): Promise<void>;
}

/** The command bundled from the sources as they are now, so that a test never sees an old one. */
export async function bundleCommand(): Promise<BundledCommand> {
	const folder = await mkdtemp(join(tmpdir(), "quorate-cli-"));
	const file = join(folder, "quorate.js");
	await build({
		entryPoints: { quorate: fileURLToPath(new URL("../main.ts", import.meta.url)) },
		outdir: folder,
		bundle: true,
		splitting: true,
		format: "esm",
		platform: "node",
		target: "node20",
		define: { "process.env.QUORATE_VERSION": '"0.0.0-test"' },
		banner: {
			js: 'import { createRequire as requireFrom } from "node:module";\nconst require = requireFrom(import.meta.url);',
		},
		logLevel: "silent",
	});
	await writeFile(join(folder, "package.json"), '{"type":"module"}');
	return {
		file,
		run: (words, env = {}) => start(file, words, env),
		remove: () => rm(folder, { recursive: true, force: true }),
	};
}

function start(file: string, words: readonly string[], env: Record<string, string>): Promise<Ran> {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [file, ...words], {
			env: { PATH: process.env.PATH, LANG: "C.UTF-8", HOME: tmpdir(), ...env },
			stdio: ["ignore", "pipe", "pipe"],
		});
		const ran = { stdout: "", stderr: "" };
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			ran.stdout += text;
		});
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			ran.stderr += text;
		});
		child.on("error", reject);
		child.on("close", (code) => resolve({ code, ...ran }));
	});
}
