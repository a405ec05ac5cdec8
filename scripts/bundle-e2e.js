// The demo is TypeScript as all else, and runs with plain node: bundled beside its sources, the two packages left outside.
import { build } from "esbuild";

await build({
	entryPoints: ["e2e/demo.ts"],
	outfile: "e2e/dist/demo.js",
	bundle: true,
	format: "esm",
	platform: "node",
	target: "node20",
	external: ["quorate", "quorate-lab"],
	logLevel: "warning",
});
