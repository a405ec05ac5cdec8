// Bundles the benchmarks beside their sources and runs them: npm run bench -- --help
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const outfile = "bench/dist/bench.js";
await build({
	entryPoints: ["bench/bench.ts"],
	outfile,
	bundle: true,
	format: "esm",
	platform: "node",
	target: "node20",
	external: ["quorate", "quorate-lab", "yaml"],
	logLevel: "warning",
});
await import(pathToFileURL(outfile).href);
