import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { clusterMark, ownerMark, readOwner } from "./data-owner.ts";
import { FOLDER, parseReport, SCRIPT } from "./volume-script.ts";

/** The first bytes of a log of etcd 3.5.9, 3.5.35, 3.6.16 and 3.7.3, which began with the same configuration. */
const HEAD =
	"0400000000000084080410000000000" +
	"01e00000000000082080110c4d696da081a1408c9abd593beb1a5ea6e10bdacabe0c99990fb6100000e00000000000082";
const OWNER = { member: 7986172467267065289n, cluster: 7058900713485293117n };

describe("whose data it is", () => {
	it("is read from the beginning of a log", () => expect(readOwner(HEAD)).toEqual(OWNER));
	it("is told by its mark", () => {
		expect(HEAD).toContain(ownerMark(OWNER));
		expect(ownerMark(OWNER).endsWith(clusterMark(OWNER.cluster))).toBe(true);
	});
	it.each(["", "zz", "unreadable", HEAD.slice(0, 60), "00".repeat(96), "ff".repeat(96)])("is unknown in %j", (head) =>
		expect(readOwner(head)).toEqual({ member: undefined, cluster: undefined }),
	);
});

describe("the script in the pod", () => {
	let folder: string;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-volume-"));
	});
	afterAll(() => rm(folder, { recursive: true }));

	const volume = () => join(folder, "volume");
	/** file systems beside the root's and the volume's own */
	let mounted: string[];
	const own = ownerMark(OWNER);
	const present = ownerMark({ ...OWNER, member: 1n });
	const run = async (...args: string[]) => {
		const message = join(folder, "message");
		await writeFile(message, "");
		const mounts = join(folder, "mounts");
		await writeFile(mounts, ["/", volume(), ...mounted].map((place) => `1 2 0:1 / ${place} rw - ext4 x rw\n`).join(""));
		const script = SCRIPT.replaceAll("/dev/termination-log", message)
			.replaceAll(FOLDER, volume())
			.replaceAll("/proc/self/mountinfo", mounts);
		await promisify(execFile)("sh", ["-c", script, "quorate", ...args]);
		const report = parseReport(await readFile(message, "utf8"));
		if (!report) throw new Error("it reported nothing");
		return { ...report, left: await readdir(volume()) };
	};
	const write = async (path: string, content: string | Buffer) => {
		await mkdir(join(volume(), path, ".."), { recursive: true });
		await writeFile(join(volume(), path), content);
	};

	beforeEach(async () => {
		mounted = [];
		await rm(volume(), { recursive: true, force: true });
		await write("data/member/wal/0-0.wal", Buffer.concat([Buffer.from(HEAD, "hex"), Buffer.alloc(500)]));
		await write("data/member/snap/db", "x");
		await write(".hidden/a b", "x");
		await write("lost+found/x", "");
		await rm(join(volume(), "lost+found/x"));
	});

	it("looks, and touches nothing", async () =>
		expect(await run("look", "log", own)).toEqual({
			found: [OWNER],
			refused: undefined,
			emptied: false,
			left: [".hidden", "data", "lost+found"],
		}));
	it("empties the volume of the one who left, and looks again", async () => {
		expect(await run("empty", "log", own, present)).toMatchObject({ emptied: true, left: ["lost+found"] });
		expect(await run("empty", "log", own, present)).toMatchObject({ emptied: true, found: [] });
	});
	it("empties that of anybody of the cluster who has left", async () =>
		expect(await run("empty", "log", clusterMark(OWNER.cluster), present)).toMatchObject({ emptied: true }));
	it.each([
		["another member's", [present]],
		["a present member's", [clusterMark(OWNER.cluster), own]],
		["another cluster's", [clusterMark(5n)]],
	])("does not touch %s", async (_whose, marks) =>
		expect(await run("empty", "any", ...marks)).toMatchObject({
			refused: "it holds the data of another member",
			found: [OWNER],
			emptied: false,
			left: [".hidden", "data", "lost+found"],
		}),
	);
	it("does not touch a volume of which a log cannot be told", async () => {
		await write("data/other/wal/0-0.wal", "");
		expect(await run("empty", "any", own)).toMatchObject({ refused: expect.any(String), emptied: false });
	});
	it("does not touch files that are nobody's, where a log must be", async () => {
		await rm(join(volume(), "data/member/wal"), { recursive: true });
		expect(await run("empty", "log", own)).toMatchObject({ refused: "it holds no data of a member", emptied: false });
		expect(await run("look", "log", own)).toMatchObject({ refused: "it holds no data of a member" });
		expect(await run("empty", "any", own)).toMatchObject({
			refused: "it holds files, and no log that says whose they are (./.hidden/a b)",
			emptied: false,
		});
		await rm(join(volume(), ".hidden"), { recursive: true });
		await write("data/member_id", "x");
		expect(await run("empty", "any", own)).toMatchObject({ emptied: true, left: ["lost+found"] });
	});
	it("does not touch a database whose log is elsewhere, beside another one", async () => {
		const refused = "it holds a database whose log is elsewhere, beside another one";
		await write("pod-0/member/snap/db", "x");
		expect(await run("empty", "log", own)).toMatchObject({ refused, emptied: false });
		await rm(join(volume(), "data/member/wal"), { recursive: true });
		await rm(join(volume(), ".hidden"), { recursive: true });
		expect(await run("look", "any", own)).toMatchObject({ refused });
		expect(await run("empty", "any", own)).toMatchObject({ refused, emptied: false });
	});
	it("does not reach into another file system", async () => {
		mounted = [`${volume()}-of-another`, join(volume(), "data", "backup")];
		const refused = "another file system is mounted in it, at ./data/backup";
		expect(await run("look", "log", own)).toMatchObject({ refused });
		expect(await run("empty", "log", own)).toMatchObject({ refused, emptied: false });
	});
	it("takes no name of a file for a word of its own, and deletes only within the volume", async () => {
		const names = ["-rf", "*", "a\nb", "x\\nemptied\\n", "..x"];
		for (const name of names) await write(`${name}/file`, "x");
		await writeFile(join(folder, "b"), "outside");
		expect(await run("empty", "log", own)).toMatchObject({ emptied: true, left: ["lost+found"] });
		expect(await readFile(join(folder, "b"), "utf8")).toBe("outside");
		expect(parseReport("refused=x\nemptied")).toMatchObject({ emptied: false });
	});
	it("does not touch what a process holds", async () => {
		const script = 'exec 9< "$1"; flock -x 9; shift; echo held; read -r _';
		const holder = execFile("sh", ["-c", script, "hold", join(volume(), "data/member/snap/db")]);
		await new Promise((resolve) => holder.stdout?.once("data", resolve));
		try {
			expect(await run("empty", "log", own)).toMatchObject({
				refused: "a process holds the lock of ./data/member/snap/db",
				emptied: false,
			});
		} finally {
			holder.kill();
		}
	});
});
