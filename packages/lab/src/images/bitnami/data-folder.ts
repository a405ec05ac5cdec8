import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Settings } from "./settings.ts";

/** What lies on a pod's volume. */
export interface Data {
	/** nothing but what a file system or a storage puts there itself */
	empty: boolean;
	/** `member/snap` is there */
	hasSnap: boolean;
	/** content of the file `member_id`; empty where there is none */
	memberId: string;
	/** prestop.sh has written down that it took this member out */
	removed: boolean;
}

const NOT_DATA = [".snapshot", "lost+found"];

export async function readData({ dataDir, volumeDir }: Settings): Promise<Data> {
	const entries = await readdir(dataDir).catch(() => []);
	const [snap, memberId, log] = await Promise.all([
		stat(join(dataDir, "member", "snap")).catch(() => undefined),
		read(join(dataDir, "member_id")),
		read(removalLog({ volumeDir })),
	]);
	return {
		empty: entries.every((name) => NOT_DATA.includes(name)),
		hasSnap: snap?.isDirectory() ?? false,
		memberId: memberId.trim(),
		removed: /^Member +[0-9a-f]+ +removed from cluster/m.test(log),
	};
}

export const removalLog = ({ volumeDir }: Pick<Settings, "volumeDir">): string => join(volumeDir, "member_removal.log");

/** Removes the data, and what is known of the member that it was. */
export async function wipe({ dataDir, volumeDir }: Settings): Promise<void> {
	const entries = await readdir(dataDir).catch(() => []);
	for (const name of entries) await rm(join(dataDir, name), { recursive: true, force: true });
	await rm(removalLog({ volumeDir }), { force: true });
}

export const storeMemberId = (settings: Settings, id: string): Promise<void> =>
	writeFile(join(settings.dataDir, "member_id"), `${id}\n`);

/** The variables that `etcdctl member add` prints, kept for run.sh; the file is made even where there are none. */
export async function storeNewMember({ dataDir }: Settings, printed: string): Promise<void> {
	await mkdir(dataDir, { recursive: true, mode: 0o700 });
	const lines = printed.split("\n").filter((line) => line.startsWith("ETCD_"));
	await writeFile(join(dataDir, "new_member_envs"), lines.map((line) => `${line}\n`).join(""));
}

export async function newMemberEnvironment({ dataDir }: Settings): Promise<Record<string, string>> {
	const text = await read(join(dataDir, "new_member_envs"));
	return Object.fromEntries(
		[...text.matchAll(/^(ETCD_\w+)="?(.*?)"?$/gm)].map(([, name = "", value = ""]) => [name, value]),
	);
}

const read = (path: string) => readFile(path, "utf8").catch(() => "");
