// Explores everything and puts what was counted between the markers of docs/exploration.md. Takes minutes.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, "../../docs/exploration.md");
const source = join(root, "src/scaling/exploration/document.ts");
// within the package, where esbuild itself is found
const folder = await mkdtemp(join(root, "dist/exploration-"));
try {
	const outfile = join(folder, "document.mjs");
	await build({
		entryPoints: [source],
		outfile,
		bundle: true,
		platform: "node",
		format: "esm",
		logLevel: "warning",
		external: ["esbuild"],
		// the mutants are made from the sources beside it
		define: { "import.meta.url": JSON.stringify(pathToFileURL(source).href) },
		banner: {
			js: `import { createRequire as requireFrom } from "node:module";\nconst require = requireFrom(${JSON.stringify(pathToFileURL(source).href)});`,
		},
	});
	const { parts } = await import(pathToFileURL(outfile).href);
	for await (const [name, markdown] of parts(console.log)) {
		const text = await readFile(page, "utf8");
		const [begin, end] = [`<!-- explored ${name} -->\n`, `<!-- end of ${name} -->`];
		const [from, to] = [text.indexOf(begin), text.indexOf(end)];
		if (from < 0 || to < from) throw new Error(`${page} has no place for ${name}: ${begin.trim()} … ${end}`);
		await writeFile(page, `${text.slice(0, from + begin.length)}\n${markdown}\n\n${text.slice(to)}`);
	}
} finally {
	await rm(folder, { recursive: true, force: true });
}
