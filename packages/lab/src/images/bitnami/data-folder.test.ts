import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newMemberEnvironment, readData, storeMemberId, storeNewMember, wipe } from "./data-folder.ts";
import { readSettings, type Settings } from "./settings.ts";

let volume = "";
let settings: Settings;
beforeEach(async () => {
	volume = await mkdtemp(join(tmpdir(), "bitnami-"));
	settings = readSettings({ ETCD_DATA_DIR: join(volume, "data") });
});
afterEach(() => rm(volume, { recursive: true }));

test("a volume is empty with nothing on it, or with what is put there by others", async () => {
	expect(await readData(settings)).toEqual({ empty: true, hasSnap: false, memberId: "", removed: false });
	await mkdir(join(settings.dataDir, "lost+found"), { recursive: true });
	await mkdir(join(settings.dataDir, ".snapshot"));
	expect((await readData(settings)).empty).toBe(true);
});

test("a try to add itself leaves a file even if it was refused, and that is data", async () => {
	await storeNewMember(settings, "");
	expect(await readData(settings)).toEqual({ empty: false, hasSnap: false, memberId: "", removed: false });
	expect(await newMemberEnvironment(settings)).toEqual({});
});

test("what `member add` prints becomes the environment", async () => {
	const printed = `Member 8e9e05c52164694d added to cluster ab

ETCD_NAME="etcd-3"
ETCD_INITIAL_CLUSTER="etcd-0=http://etcd-0:2380,etcd-3=http://etcd-3:2380"
ETCD_INITIAL_CLUSTER_STATE="existing"
`;
	await storeNewMember(settings, printed);
	expect(await newMemberEnvironment(settings)).toEqual({
		ETCD_NAME: "etcd-3",
		ETCD_INITIAL_CLUSTER: "etcd-0=http://etcd-0:2380,etcd-3=http://etcd-3:2380",
		ETCD_INITIAL_CLUSTER_STATE: "existing",
	});
});

test("a member's data, its removal, and the end of it", async () => {
	await mkdir(join(settings.dataDir, "member", "snap"), { recursive: true });
	await storeMemberId(settings, "8e9e05c52164694d");
	expect(await readData(settings)).toEqual({
		empty: false,
		hasSnap: true,
		memberId: "8e9e05c52164694d",
		removed: false,
	});
	const log = join(volume, "member_removal.log");
	await writeFile(log, "Error: etcdserver: unhealthy cluster\n");
	expect((await readData(settings)).removed).toBe(false);
	await writeFile(log, "Member 8e9e05c52164694d removed from cluster ab0688bf84af917d\n");
	expect((await readData(settings)).removed).toBe(true);
	await wipe(settings);
	expect(await readdir(settings.dataDir)).toEqual([]);
	expect((await readData(settings)).removed).toBe(false);
});
