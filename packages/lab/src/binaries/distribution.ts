import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Running } from "../progress.ts";
import { executable } from "./executable.ts";
import { cacheFolder, type Environment } from "./folders.ts";
import { withLock } from "./lock.ts";
import { onPath } from "./on-path.ts";
import { publish } from "./publish.ts";
import { type Ran, run } from "./run.ts";

export interface DistributionOptions extends Running {
	/** @default process.env */
	env?: Environment;
	/** May package lists of our own be fetched where the system's are missing, unreadable or stale? @default true */
	update?: boolean;
}

/** Why the distribution has no such package, or it could not be had; for the list of ways that were tried. */
export class DistributionError extends Error {
	override name = "DistributionError";
}

/**
 * Upstream's version of a package that the distribution offers now: "3.4.23" of "3.4.23-4+b4"; undefined where it has
 * none.
 */
export async function distributionVersion(
	packageName: string,
	options: DistributionOptions = {},
): Promise<string | undefined> {
	const apt = await openApt(options);
	const shown = await apt.tryLists(async (lists) => {
		const ran = await apt.run("apt-cache", [...lists, "show", "--no-all-versions", packageName]);
		return /^Version: /m.test(ran.stdout) ? ran : undefined;
	});
	return shown && /^Version: (?:\d+:)?([^-+~\s]+)/m.exec(shown.stdout)?.[1];
}

/**
 * Fetches packages of a Debian-like system and puts programs of theirs into `target`, without installing anything and
 * without root. apt verifies what it fetches. Throws {@link DistributionError}.
 */
export async function fetchFromDistribution(
	wanted: { packages: string[]; programs: string[]; target: string },
	options: DistributionOptions = {},
): Promise<void> {
	const { packages, programs, target } = wanted;
	const apt = await openApt(options);
	if (!(await onPath("dpkg-deb", options.env))) throw new DistributionError("there is no dpkg-deb on PATH");
	await withLock(
		`distribution ${target}`,
		async () => {
			if ((await Promise.all(programs.map((name) => executable(join(target, name))))).some(Boolean)) return;
			await mkdir(apt.folder, { recursive: true });
			const work = await mkdtemp(join(apt.folder, "download-"));
			try {
				options.onProgress?.({ type: "step", message: `fetching ${packages.join(" and ")} with apt-get` });
				let last: Ran | undefined;
				const fetched = await apt.tryLists(async (lists) => {
					last = await apt.run("apt-get", [...lists, "download", ...packages], work);
					return last.code === 0 || undefined;
				});
				if (!fetched) throw new DistributionError(`apt-get download ${packages.join(" ")}: ${complaint(last)}`);
				await rm(target, { recursive: true, force: true });
				await publish(target, (folder) => unpack(work, folder, programs, apt.run));
			} finally {
				await rm(work, { recursive: true, force: true });
			}
		},
		options.signal,
	);
}

async function unpack(from: string, into: string, programs: string[], runProgram: Apt["run"]): Promise<void> {
	const sources: string[] = [];
	for (const deb of (await readdir(from)).filter((name) => name.endsWith(".deb"))) {
		const { code, stderr } = await runProgram("dpkg-deb", ["-x", join(from, deb), join(from, "tree")]);
		if (code !== 0) throw new DistributionError(`dpkg-deb could not unpack ${deb}: ${stderr.trim()}`);
		sources.push(deb);
	}
	for (const name of programs) {
		const program = await executable(join(from, "tree/usr/bin", name));
		if (!program) continue;
		await copyFile(program, join(into, name));
		await chmod(join(into, name), 0o755);
	}
	await writeFile(join(into, "SOURCE"), `${await systemName()}: ${sources.join(", ")}\n`);
}

async function systemName(): Promise<string> {
	const release = await readFile("/etc/os-release", "utf8").catch(() => "");
	return /^PRETTY_NAME="?(.*?)"?$/m.exec(release)?.[1] ?? "Debian-like";
}

interface Apt {
	folder: string;
	run(program: string, args: string[], cwd?: string): Promise<Ran>;
	/**
	 * Calls `attempt` with the system's package lists, then with our own, then with our own brought up to date, until
	 * it has a result.
	 */
	tryLists<T>(attempt: (options: string[]) => Promise<T | undefined>): Promise<T | undefined>;
}

async function openApt({ env = process.env, update = true, signal, onProgress }: DistributionOptions): Promise<Apt> {
	if (!(await onPath("apt-get", env)))
		throw new DistributionError("this is no Debian-like system (no apt-get on PATH)");
	const folder = join(cacheFolder(env), "apt");
	const [lists, cache] = [join(folder, "lists"), join(folder, "cache")];
	// As root apt would drop its rights and then not be let into our folders.
	const sandbox = process.getuid?.() === 0 ? ["-o", "APT::Sandbox::User=root"] : [];
	const own = [...sandbox, "-o", `Dir::State::lists=${lists}`, "-o", `Dir::Cache=${cache}`];
	const runProgram: Apt["run"] = (program, args, cwd) =>
		run(program, args, { env: { ...env, LC_ALL: "C" }, ...(cwd ? { cwd } : {}), ...(signal ? { signal } : {}) });
	return {
		folder,
		run: runProgram,
		tryLists: async (attempt) => {
			const first = (await attempt(sandbox)) ?? (await haveLists(lists, () => attempt(own)));
			if (first !== undefined || !update) return first;
			await withLock(
				`apt ${folder}`,
				async () => {
					await mkdir(join(lists, "partial"), { recursive: true });
					await mkdir(join(cache, "archives/partial"), { recursive: true });
					onProgress?.({ type: "step", message: "reading the distribution's package lists (apt-get update)" });
					// Its exit code says nothing: hooks of the system may fail for want of rights.
					await runProgram("apt-get", [...own, "update"]);
				},
				signal,
			);
			return attempt(own);
		},
	};
}

async function haveLists<T>(lists: string, then: () => Promise<T | undefined>): Promise<T | undefined> {
	const files = await readdir(lists).catch(() => []);
	return files.some((name) => basename(name).includes("_Packages")) ? then() : undefined;
}

function complaint(ran: Ran | undefined): string {
	const errors = ran?.stderr.split("\n").filter((line) => line.startsWith("E: ")) ?? [];
	return (errors[0] ?? ran?.stderr ?? "failed").replace(/^E: /, "").trim();
}
