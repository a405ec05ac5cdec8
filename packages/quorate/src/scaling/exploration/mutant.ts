import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { Core } from "./core.ts";

const SOURCE = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** One place in the core's source, written otherwise. */
export interface Mutation {
	/** what is lost by it */
	readonly name: string;
	/** below `src/` */
	readonly file: string;
	/** must be there exactly once */
	readonly text: string;
	readonly becomes: string;
}

/** The core as it would be with the mutation: a copy, compiled into a folder that is removed once it is loaded. */
export async function mutated({ name, file, text, becomes }: Mutation): Promise<Core> {
	const path = join(SOURCE, file);
	const source = await readFile(path, "utf8");
	const times = source.split(text).length - 1;
	if (times !== 1) throw new Error(`"${name}": its text is ${times} times in ${file}, not once:\n${text}`);
	const folder = await mkdtemp(join(tmpdir(), "quorate-mutant-"));
	try {
		const outfile = join(folder, "core.mjs");
		await build({
			entryPoints: [join(SOURCE, "scaling/exploration/core.ts")],
			bundle: true,
			platform: "node",
			format: "esm",
			outfile,
			logLevel: "silent",
			plugins: [
				{
					name: "mutation",
					setup: ({ onLoad }) => {
						onLoad({ filter: /\.ts$/ }, (args) =>
							args.path === path ? { contents: source.replace(text, () => becomes), loader: "ts" } : undefined,
						);
					},
				},
			],
		});
		return ((await import(pathToFileURL(outfile).href)) as { core: Core }).core;
	} finally {
		await rm(folder, { recursive: true });
	}
}
