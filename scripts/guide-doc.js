// Writes docs/guide.md: follows the guide in a lab and prints what was seen. Nothing in it is written by hand.
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const outfile = "e2e/dist/guide-doc.js";
await build({
	entryPoints: ["e2e/guide/write-doc.ts"],
	outfile,
	bundle: true,
	format: "esm",
	platform: "node",
	target: "node20",
	external: ["quorate", "quorate-lab"],
	logLevel: "warning",
});
await import(pathToFileURL(outfile).href);
