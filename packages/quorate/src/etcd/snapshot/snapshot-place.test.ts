import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileTrouble } from "./file-trouble.ts";
import { saveSnapshot } from "./save.ts";
import { seeSnapshotPlace } from "./snapshot-place.ts";

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-place-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the place of a snapshot", () => {
	it("is seen without anything being written", async () => {
		const place = await seeSnapshotPlace(join(folder, "etcd.db"));
		expect(place).toEqual({ file: join(folder, "etcd.db"), free: expect.any(Number) });
		expect(await readdir(folder)).toEqual([]);
	});

	it("that does not exist, is no folder, or is taken, has the hint that fits", async () => {
		await writeFile(join(folder, "file"), "");
		expect(await seeSnapshotPlace(join(folder, "no such/etcd.db"))).toMatchObject({
			trouble: { code: "ENOENT", hint: `make it: mkdir -p '${folder}/no such'` },
		});
		expect(await seeSnapshotPlace(join(folder, "file/etcd.db"))).toMatchObject({ trouble: { code: "ENOTDIR" } });
		expect(await seeSnapshotPlace(join(folder, "file"))).toMatchObject({
			trouble: { code: "EEXIST", hint: "choose another name" },
		});
	});

	it.skipIf(process.getuid?.() === 0)("that this user may not write to is said so", async () => {
		await chmod(folder, 0o500);
		expect(await seeSnapshotPlace(join(folder, "etcd.db"))).toMatchObject({ trouble: { code: "EACCES" } });
	});
});

describe("a snapshot that cannot be written", () => {
	const nobody = {
		snapshot(): AsyncGenerator<never> {
			throw new Error("the member was asked, though nothing can be written");
		},
	};

	it("says why, and what to do about that", async () => {
		await expect(saveSnapshot(nobody, join(folder, "no such/etcd.db"))).rejects.toMatchObject({
			code: "SnapshotFailed",
			message: `folder ${folder}/no such does not exist`,
			hint: `make it: mkdir -p '${folder}/no such'`,
		});
	});

	it("has a hint for what the system says, and none for what it does not", () => {
		expect(fileTrouble("ENOSPC", "/backup/etcd.db")).toMatchObject({ message: "no space is left in /backup" });
		expect(fileTrouble("EACCES", "/backup/etcd.db")?.hint).toContain("may write to");
		expect(fileTrouble("ECONNRESET", "/backup/etcd.db")).toBeUndefined();
	});
});
