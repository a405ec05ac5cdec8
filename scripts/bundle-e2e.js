// The demo and the campaign under faults are TypeScript as all else, and run with plain node: bundled, the two packages left outside.
import { build } from "esbuild";

await build({
	entryPoints: { demo: "e2e/demo.ts", torture: "e2e/torture/main.ts" },
	outdir: "e2e/dist",
	bundle: true,
	format: "esm",
	platform: "node",
	target: "node20",
	external: ["quorate", "quorate-lab", "yaml"],
	logLevel: "warning",
});
