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
		await usesTheLibrary(folder);
		succeeded(await npx("lab", "up", "--name", lab, "--volumes", "5"));
		const kubeconfig = succeeded(await npx("lab", "kubeconfig", "--name", lab)).trim();
		expect(succeeded(await npx("status", "-n", "mayastor", "--kubeconfig", kubeconfig))).toMatch(/mayastor-etcd-2/);
	} finally {
		await npx("lab", "down", "--name", lab);
		await rm(folder, { recursive: true, force: true });
	}
});

/** A program of somebody else's, with the strictest settings that its author may have. */
const PROGRAM = `import { type ClusterView, ERRORS, openCluster, QuorateError } from "quorate";
import { listLabs, type UpOptions, upLab } from "quorate-lab";

export async function grow(): Promise<string | undefined> {
	const cluster = await openCluster({ namespace: "mayastor" });
	const view: ClusterView = await cluster.view();
	for await (const event of cluster.scale({ replicas: 5 })) {
		if (event.type === "finished") console.log(event.result.to);
	}
	cluster.close();
	return view.statefulSet.template.spec?.containers[0]?.image;
}

// is an error where the types of Kubernetes are lost and all of it is any
export const wrong = async (view: ClusterView): Promise<number> =>
	// @ts-expect-error
	view.statefulSet.template.spec?.containers[0]?.image;

export const up = (options: UpOptions): ReturnType<typeof upLab> => upLab(options);
if (!new QuorateError("Refused", { operation: "a", message: "b" }).message || !ERRORS.Refused) process.exitCode = 1;
console.log(typeof openCluster, (await listLabs()) instanceof Array);
`;

/** It compiles against the types that are shipped, and runs. */
async function usesTheLibrary(folder: string) {
	const compilerOptions = {
		strict: true,
		module: "NodeNext",
		target: "ES2023",
		skipLibCheck: false,
		outDir: "out",
		types: ["node"],
		typeRoots: [join(ROOT, "node_modules/@types")],
	};
	await writeFile(join(folder, "program.mts"), PROGRAM);
	await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.mts"] }));
	const typescript = join(ROOT, "node_modules/typescript/bin/tsc");
	succeeded(await run(process.execPath, [typescript, "-p", "."], { cwd: folder }));
	expect(succeeded(await run(process.execPath, ["out/program.mjs"], { cwd: folder }))).toBe("function true\n");
}
