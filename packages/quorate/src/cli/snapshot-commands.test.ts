import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveSnapshot } from "../etcd/snapshot/save.ts";
import { bytes } from "../etcd/testing/bytes.ts";
import { etcdBinaries } from "../etcd/testing/etcd-binaries.ts";
import { startEtcd } from "../etcd/testing/etcd-process.ts";
import { run } from "./run.ts";
import { memoryTerminal } from "./testing/memory-terminal.ts";

let folder: string;
let good: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-snapshots-"));
	good = join(folder, "good.db");
	const etcd = await startEtcd(etcdBinaries()[0]);
	try {
		for (const name of ["a", "b", "c"]) await etcd.client.put(bytes(`/app/${name}`), bytes(`{"of":"${name}"}\n`));
		await etcd.client.put(bytes("/binary"), Uint8Array.of(0x1b, 0x5b, 0xff));
		await saveSnapshot(etcd.client, good);
	} finally {
		await etcd.stop();
	}
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function quorate(...words: string[]) {
	const terminal = memoryTerminal();
	const code = await run(["node", "quorate", "snapshot", ...words], terminal);
	return { code, ...terminal.written };
}

describe("snapshot verify", () => {
	it("says what the file holds, as a table and as a document", async () => {
		const text = await quorate("verify", good);
		expect(text).toMatchObject({ code: 0, stderr: "" });
		expect(text.stdout).toMatch(/is whole/);
		expect(text.stdout).toMatch(/3 +\d+ B +\/app\//);
		const { code, stdout } = await quorate("verify", good, "-o", "json");
		expect(code).toBe(0);
		expect(JSON.parse(stdout)).toMatchObject({
			kind: "SnapshotReport",
			file: good,
			size: (await stat(good)).size,
			revision: 5,
			keys: 4,
			writes: 4,
			members: [{ isLearner: false }],
			prefixes: [
				{ prefix: "/", keys: 1 },
				{ prefix: "/app/", keys: 3 },
			],
		});
	});

	it("fails with a code and not a word on stdout, whatever it is given", async () => {
		const content = await readFile(good);
		const flipped = Buffer.from(content);
		flipped[content.length >> 1] = (flipped[content.length >> 1] ?? 0) ^ 1;
		const damaged: Record<string, Buffer> = {
			flipped,
			cut: content.subarray(0, content.length - 4096),
			garbage: Buffer.from("this is no snapshot\n".repeat(200)),
			empty: Buffer.alloc(0),
		};
		for (const [name, bytes] of Object.entries(damaged)) await writeFile(join(folder, name), bytes);
		const places = [...Object.keys(damaged).map((name) => join(folder, name)), folder, "/proc/self/mem"];
		const codes = new Map(places.map((place) => [place, "SnapshotInvalid"])).set(join(folder, "none"), "NotFound");
		for (const [place, expected] of codes)
			for (const command of [["verify"], ["inspect"], ["restore", "--to", "lab"], ["restore", "--runbook"]]) {
				const { code, stdout, stderr } = await quorate(...command, place, "-o", "json");
				expect({ place, code, stdout }).toEqual({ place, code: 1, stdout: "" });
				expect(JSON.parse(stderr.trim().split("\n").at(-1) ?? "")).toMatchObject({ kind: "Error", code: expected });
			}
		expect((await readdir(folder)).sort()).toEqual(["cut", "empty", "flipped", "garbage", "good.db"]);
	});
});

describe("snapshot save -", () => {
	it("takes stdout for the snapshot alone, and no terminal", async () => {
		const terminal = memoryTerminal({ columns: 80 });
		expect(await run(["node", "quorate", "snapshot", "save", "-"], terminal)).toBe(2);
		expect(terminal.written).toEqual({ stdout: "", stderr: expect.stringContaining("not written to a terminal") });
		expect(await quorate("save", "-", "-o", "json")).toMatchObject({ code: 2, stdout: "" });
	});
});

describe("snapshot inspect", () => {
	it("shows keys in their order, and values safely", async () => {
		const { code, stdout } = await quorate("inspect", good);
		expect(code).toBe(0);
		const lines = stdout.trim().split("\n");
		expect(lines.map((line) => line.split("  ")[0])).toEqual(["/app/a", "", "/app/b", "", "/app/c", "", "/binary", ""]);
		expect(lines[1]).toBe('  {"of":"a"}\\n');
		expect(lines.at(-1)).toBe("  0x1b5bff");
	});

	it("takes a prefix, a limit, and leaves values out", async () => {
		expect((await quorate("inspect", good, "--prefix", "/app/", "--limit", "2", "--keys-only")).stdout).toBe(
			"/app/a\n/app/b\nand 1 more: --limit 3, or a longer --prefix\n",
		);
		const { stdout } = await quorate("inspect", good, "--prefix", "/b", "-o", "json");
		expect(JSON.parse(stdout)).toMatchObject({
			count: 1,
			keys: [{ key: "/binary", value: "0x1b5bff", modRevision: 5 }],
		});
		expect((await quorate("inspect", good, "--prefix", "none")).stdout).toMatch(/No such key among the 4/);
	});

	it.each(["0", "-1", "1e3", "many", "100001"])("refuses --limit %s", async (limit) =>
		expect(await quorate("inspect", good, `--limit=${limit}`)).toMatchObject({ code: 2, stdout: "" }),
	);
});

describe("snapshot restore", () => {
	it.each([
		[[], /neither --to nor --runbook/],
		[["--to", "lab", "--runbook"], /both/],
		[["--to", "sts/etcd"], /is not a lab/],
		[["--to", "lab/"], /is not a lab/],
		[["sts/etcd", "--to", "lab"], /means nothing there/],
		[["--to", "lab", "--members", "x"], /whole number from 1, in digits; got "x"/],
	])("refuses %j", async (words, message) => {
		const { code, stdout, stderr } = await quorate("restore", good, ...words);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(message);
	});
});
