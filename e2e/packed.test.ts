import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { type Ran, run } from "./kubectl.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const succeeded = (ran: Ran) => {
	if (ran.code !== 0) throw new Error(`exit code ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
	return ran.stdout;
};

it("both packages work where they were installed from their archives, with nothing else", async () => {
	const folder = await mkdtemp(join(tmpdir(), "quorate-packed-"));
	const lab = `packed-${process.pid}`;
	const npx = (...args: string[]) => run("npx", ["--no-install", "quorate", ...args], { cwd: folder });
	try {
		const packed = succeeded(
			await run(
				"npm",
				["pack", "--ignore-scripts", "--json", "--pack-destination", folder, "-w", "quorate", "-w", "quorate-lab"],
				{ cwd: ROOT },
			),
		);
		const archives = Object.values(JSON.parse(packed)) as { filename: string }[];
		await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
		succeeded(
			await run(
				"npm",
				["install", "--offline", "--no-audit", "--no-fund", ...archives.map(({ filename }) => `./${filename}`)],
				{ cwd: folder },
			),
		);
		succeeded(await npx("lab", "up", "--name", lab, "--volumes", "5"));
		const kubeconfig = succeeded(await npx("lab", "kubeconfig", "--name", lab)).trim();
		expect(succeeded(await npx("status", "-n", "mayastor", "--kubeconfig", kubeconfig))).toMatch(/mayastor-etcd-2/);
	} finally {
		await npx("lab", "down", "--name", lab);
		await rm(folder, { recursive: true, force: true });
	}
});
