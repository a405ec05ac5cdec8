// Makes the types of a package complete without others: those of kubernetes-types that its declarations name are copied beside them. That
// package cannot be imported under `module: NodeNext`, and a published package has no dependencies.
//
//   node ../../scripts/own-types.js     in the folder of a package, after `tsc --build`
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

const PACKAGE = "kubernetes-types";
const declarations = resolve("dist/types");
const copies = join(declarations, PACKAGE);
const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
const { version, license, repository } = JSON.parse(readFileSync(manifest, "utf8"));
const source = `// From ${PACKAGE} ${version}, ${license}: ${repository}\n`;
const copied = new Set();

for (const entry of readdirSync(declarations, { recursive: true, withFileTypes: true })) {
	const file = join(entry.parentPath, entry.name);
	if (!file.endsWith(".d.ts") || file.startsWith(copies)) continue;
	const text = readFileSync(file, "utf8");
	const own = text.replaceAll(
		/(from |import\()"kubernetes-types\/([^"]+)"/g,
		(_, before, name) => `${before}"${specifier(file, copy(fileOf(name)))}"`,
	);
	if (own !== text) writeFileSync(file, own);
}

/** Path within the package, of the module that is imported by that name. */
function fileOf(name) {
	const paths = [`${name}.d.ts`, join(name, "index.d.ts")];
	const found = paths.find((path) => statSync(join(dirname(manifest), path), { throwIfNoEntry: false }));
	if (!found) throw new Error(`${PACKAGE} has no ${name}`);
	return found;
}

/** Copies a file, and those that it imports. */
function copy(path) {
	const to = join(copies, path);
	if (copied.has(path)) return to;
	copied.add(path);
	const text = readFileSync(join(dirname(manifest), path), "utf8").replaceAll(
		/ from "(\.[^"]*)"/g,
		(_, name) => ` from "${specifier(to, copy(fileOf(join(dirname(path), name))))}"`,
	);
	mkdirSync(dirname(to), { recursive: true });
	writeFileSync(to, source + text);
	return to;
}

/** How one declaration file imports another. */
function specifier(from, to) {
	const path = relative(dirname(from), to).replace(/\.d\.ts$/, ".js");
	return path.startsWith(".") ? path : `./${path}`;
}
