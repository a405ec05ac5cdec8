// Bundles what runs: the public door, and the two programs that a lab consists of. Everything they need is inside.
import { readdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

// Some dependencies are CommonJS and ask for Node's own modules by require().
const banner = `import { createRequire as __createRequire } from "node:module";
const require = __createRequire(import.meta.url);`;

const { metafile } = await build({
	absWorkingDir: root,
	entryPoints: {
		index: "src/index.ts",
		supervisor: "src/daemon/supervisor.ts",
		machine: "src/daemon/machine.ts",
	},
	outdir: "dist",
	bundle: true,
	splitting: true,
	chunkNames: "chunk-[hash]",
	format: "esm",
	platform: "node",
	target: "node20",
	banner: { js: banner },
	legalComments: "eof",
	logLevel: "warning",
	metafile: true,
});

// Runs inside containers, alone: nothing beside it is there.
await build({
	absWorkingDir: root,
	entryPoints: ["src/images/bitnami/main.ts"],
	outfile: "dist/bitnami.mjs",
	bundle: true,
	minify: true,
	format: "esm",
	platform: "node",
	target: "node20",
	logLevel: "warning",
});

for (const name of await readdir(new URL("../dist", import.meta.url))) {
	const stale = name.startsWith("chunk-") && !(`dist/${name}` in metafile.outputs);
	if (stale) await rm(new URL(`../dist/${name}`, import.meta.url));
}
