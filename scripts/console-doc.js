// Runs the `$ ` lines of a page's indented blocks, in order, in a lab of its own, and puts what they print in place of what is there.
// Comments before a block say what is not shown: `<!-- $ COMMAND -->` is run before it; `<!-- until REGEXP: COMMAND -->` runs that
// command of the block again until it prints what is awaited.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";

const PATIENCE = 60_000;
const [page] = process.argv.slice(2);
if (!page) throw new Error("usage: node scripts/console-doc.js PAGE.md");

const folder = mkdtempSync(join(tmpdir(), "quorate-doc-"));
const command = join(folder, "quorate");
writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${resolve("packages/quorate/bin/quorate.js")}' "$@"\n`);
chmodSync(command, 0o755);
const state = join(folder, "state");
const env = {
	...process.env,
	PATH: `${folder}:${process.env.PATH}`,
	XDG_STATE_HOME: state,
	KUBECONFIG: join(state, "quorate/labs/lab/kubeconfig"),
	LC_ALL: "C.UTF-8",
};

/** What a person would have seen, with a home like anybody's. */
function printed(line) {
	const { stdout, status } = spawnSync("bash", ["-c", `{ ${line}\n} 2>&1`], { env, encoding: "utf8" });
	if (status === null) throw new Error(`${line} did not end`);
	const etcd = /^etcd: +\S+ \((.*)\/([^/]+)\)$/m.exec(stdout)?.[1];
	return (etcd ? stdout.replaceAll(etcd, "/opt/etcd") : stdout)
		.replaceAll(state, "/home/user/.local/state")
		.replaceAll(homedir(), "/home/user")
		.trimEnd();
}

function until(line, awaited) {
	for (const deadline = Date.now() + PATIENCE; ; spawnSync("sleep", ["0.3"])) {
		const text = printed(line);
		if (!awaited || awaited.test(text)) return text;
		if (Date.now() > deadline) throw new Error(`${line} never printed ${awaited}, but:\n${text}`);
	}
}

const lines = readFileSync(page, "utf8").split("\n");
const out = [];
const awaited = new Map();
let inBlock = false;
try {
	for (const line of lines) {
		const hidden = /^<!-- \$ (.*) -->$/.exec(line)?.[1];
		const [, pattern, of] = /^<!-- until (.*?): (.*) -->$/.exec(line) ?? [];
		const shown = /^ {4}\$ (.*)$/.exec(line)?.[1];
		if (hidden) printed(hidden);
		if (pattern && of) awaited.set(of, new RegExp(pattern));
		if (shown) {
			inBlock = true;
			out.push(line);
			const text = until(shown, awaited.get(shown));
			awaited.delete(shown);
			if (text) out.push(...text.split("\n").map((one) => (one ? `    ${one}` : "")));
			continue;
		}
		// what was printed last time, up to the end of the block
		if (inBlock && (line.startsWith("    ") || line === "")) continue;
		if (inBlock) out.push("");
		inBlock = false;
		out.push(line);
	}
	if (inBlock) out.push("");
} finally {
	printed("quorate lab down");
	rmSync(folder, { recursive: true, force: true });
}
writeFileSync(page, out.join("\n"));
