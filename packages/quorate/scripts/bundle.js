// Bundles the library (dist/index.js) and the command (dist/quorate.js, which bin/quorate.js loads) with all that they need, since the published
// package has no dependencies. What only some commands use is split into dist/chunks and loaded when it is needed.
//
//   node scripts/bundle.js             writes dist
//   node scripts/bundle.js --analyze   prints too which packages the bytes are from

import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { analyzeMetafile, build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));

await rm(join(root, "dist/chunks"), { recursive: true, force: true });

const { metafile } = await build({
	absWorkingDir: root,
	entryPoints: { index: "src/index.ts", quorate: "src/cli/main.ts" },
	outdir: "dist",
	chunkNames: "chunks/[name]-[hash]",
	bundle: true,
	splitting: true,
	format: "esm",
	platform: "node",
	target: "node20",
	// The lab is a package of its own, loaded only when it is asked for.
	external: ["quorate-lab"],
	define: {
		"process.env.QUORATE_VERSION": JSON.stringify(version),
		// ws would look for these native helpers in whatever node_modules lies around.
		"process.env.WS_NO_BUFFER_UTIL": '"1"',
		"process.env.WS_NO_UTF_8_VALIDATE": '"1"',
	},
	// Bundled CommonJS packages call require for Node's own modules.
	banner: {
		js: 'import { createRequire as requireFrom } from "node:module";\nconst require = requireFrom(import.meta.url);',
	},
	legalComments: "eof",
	metafile: true,
	logLevel: "warning",
});

if (process.argv.includes("--analyze")) console.log(await analyzeMetafile(metafile));
