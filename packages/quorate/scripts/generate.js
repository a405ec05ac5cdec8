// Turns proto/*.proto into generated/*_pb.ts, with the compiler inside @bufbuild/buf. Needs no network.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const from = join(root, "proto");
const to = join(root, "generated");
const require = createRequire(import.meta.url);

/** Path of a command that an npm package brings. */
function command(packageName, bin) {
	const manifest = require.resolve(`${packageName}/package.json`);
	return join(dirname(manifest), require(manifest).bin[bin]);
}

const sources = [
	fileURLToPath(import.meta.url),
	require.resolve("@bufbuild/protoc-gen-es/package.json"),
	...readdirSync(from).map((file) => join(from, file)),
];

function changed(file) {
	return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function upToDate() {
	const outputs = readdirSync(from)
		.filter((file) => file.endsWith(".proto"))
		.map((file) => join(to, file.replace(".proto", "_pb.ts")));
	return Math.min(...outputs.map(changed)) > Math.max(...sources.map(changed));
}

if (!upToDate()) {
	const plugin = {
		local: [process.execPath, command("@bufbuild/protoc-gen-es", "protoc-gen-es")],
		out: ".",
		opt: ["target=ts", "import_extension=ts", "erasable_syntax=true"],
	};
	// Into a folder of its own first, so that two builds at once never see half a file.
	mkdirSync(to, { recursive: true });
	const work = mkdtempSync(join(to, ".new-"));
	try {
		const template = JSON.stringify({ version: "v2", plugins: [plugin] });
		const args = [command("@bufbuild/buf", "buf"), "generate", from, "--template", template, "--output", work];
		execFileSync(process.execPath, args, { stdio: "inherit" });
		for (const file of readdirSync(work)) {
			renameSync(join(work, file), join(to, file));
		}
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}
