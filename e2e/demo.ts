import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dialLab, downLab, labKubeconfig, type Progress, upLab } from "quorate-lab";
import { type ScaleDocument, summary } from "./demo-summary.ts";
import { startWriteLoad, type WriteReport } from "./write-load.ts";

const QUORATE = fileURLToPath(new URL("../../packages/quorate/bin/quorate.js", import.meta.url));
const CLIENT_SERVICE = "mayastor-etcd.mayastor.svc.cluster.local";
const FROM = 3;
const TO = 5;

const json = process.argv.includes("json") || process.argv.includes("-o=json");
const say = (text: string) => process.stderr.write(`${text}\n`);

const name = `demo-${process.pid}`;
const folder = await mkdtemp(join(tmpdir(), "quorate-demo-"));
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());
process.once("SIGTERM", () => interrupted.abort());
let failure: unknown;
try {
	say(`Lab: ${FROM} members of etcd, each a real process in a pod of its own.`);
	const began = performance.now();
	await upLab({ name, members: FROM }, { signal: interrupted.signal, onProgress: tellFetching() });
	say(
		`Lab is up after ${((performance.now() - began) / 1000).toFixed(1)} s. Four clients write through the client Service.`,
	);
	const load = startWriteLoad(() => dialLab(name, CLIENT_SERVICE, 2379), { pauseMs: 5 });
	const kubeconfig = await labKubeconfig(name);
	const args = ["scale", "sts/mayastor-etcd", "-n", "mayastor", "--replicas", String(TO), "--yes"];
	say(`$ quorate ${args.join(" ")}\n`);
	const document = await runQuorate([...args, "-o", "json"], kubeconfig);
	const writes = await load.stop();
	const lost = await load.lost();
	report(document, writes, lost);
} catch (error) {
	failure = error;
} finally {
	await downLab(name).catch((error: unknown) => {
		failure ??= error;
	});
	await rm(folder, { recursive: true, force: true });
}
if (failure !== undefined) {
	say(`demo failed: ${failure instanceof Error ? failure.message : String(failure)}`);
	process.exitCode = 1;
}

/** A line when something is fetched, which can take a while; the rest takes a second. */
function tellFetching() {
	const told = new Set<string>();
	return (progress: Progress) => {
		if (progress.type !== "download" || told.has(progress.what)) return;
		told.add(progress.what);
		const size = progress.total === undefined ? "" : ` (${(progress.total / 2 ** 20).toFixed(0)} MiB)`;
		say(`Fetching ${progress.what}${size}; this is done once.`);
	};
}

function report(document: ScaleDocument, writes: WriteReport, lost: readonly string[]): void {
	const { from, to, seconds, restarts, proof } = document;
	const { sent, failed, slowestMs } = writes;
	const proven = { equal: proof.equal, revision: proof.revision, keys: proof.keys, members: proof.members.length };
	if (json)
		process.stdout.write(
			`${JSON.stringify({ from, to, seconds, writes: { sent, failed, slowestMs }, restarts, proof: proven })}\n`,
		);
	else process.stdout.write(summary(document, writes, lost));
	for (const text of writes.failures) say(`a write failed: ${text}`);
	for (const key of lost) say(`an acknowledged write is gone: ${key}`);
	const good = from === FROM && to === TO && failed === 0 && lost.length === 0 && restarts === 0 && proof.equal;
	if (!good) process.exitCode = 1;
}

/** Runs the command as a person would; its progress goes to stderr, its document comes back. */
function runQuorate(args: readonly string[], kubeconfig: string): Promise<ScaleDocument> {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [QUORATE, ...args], {
			cwd: folder,
			env: { ...process.env, KUBECONFIG: kubeconfig },
			stdio: ["ignore", "pipe", "inherit"],
		});
		let output = "";
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			output += text;
		});
		child.once("error", reject);
		child.once("close", (code) => {
			if (code === 0) resolve(JSON.parse(output) as ScaleDocument);
			else reject(new Error(`quorate scale ended with exit code ${code}`));
		});
	});
}
