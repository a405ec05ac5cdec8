import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HistoryStore, historyFolder } from "./history-store.ts";

const owner = { namespace: "mayastor", name: "mayastor-etcd", uid: "5b8c0a1e-1111-4222-8333-944455556666" };
const history = { clusterId: 0xcafen, revision: 2350n, keys: 1177 };

describe("what is remembered between runs", () => {
	let folder: string;
	const problems: string[] = [];
	const store = () => new HistoryStore(join(folder, "quorate/history"), (why) => problems.push(why));

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-history-"));
		problems.length = 0;
	});
	afterEach(() => rm(folder, { recursive: true, force: true }));

	it("is read again, with who recorded it and how another is accepted", async () => {
		expect(await store().read(owner)).toBeUndefined();
		await store().write(owner, history, "scale");
		expect(await store().read(owner)).toEqual({
			...history,
			by: expect.stringMatching(/^quorate scale on \d{4}-\d\d-\d\dT[\d:]+Z$/),
			accept: "quorate validate sts/mayastor-etcd -n mayastor --accept-history",
		});
		expect(problems).toEqual([]);
	});

	it("is another StatefulSet's where the uid is another", async () => {
		await store().write(owner, history, "scale");
		expect(await store().read({ ...owner, uid: "another" })).toBeUndefined();
	});

	it("is for this user alone, and leaves no temporary file", async () => {
		await store().write(owner, history, "scale");
		await store().write(owner, { ...history, revision: 2400n }, "validate");
		const path = join(folder, "quorate/history");
		expect(await readdir(path)).toEqual([`${owner.uid}.json`]);
		expect((await stat(join(path, `${owner.uid}.json`))).mode & 0o777).toBe(0o600);
		expect(await store().read(owner)).toMatchObject({ revision: 2400n });
	});

	it("is reported, and fails nothing, where it cannot be read or written", async () => {
		await store().write(owner, history, "scale");
		await writeFile(join(folder, "quorate/history", `${owner.uid}.json`), "{}");
		expect(await store().read(owner)).toBeUndefined();
		expect(problems).toEqual([expect.stringContaining("cannot be read")]);
		await writeFile(join(folder, "file"), "");
		await new HistoryStore(join(folder, "file/history"), (why) => problems.push(why)).write(owner, history, "scale");
		expect(problems[1]).toContain("cannot be recorded for the next run");
	});

	it("lies where XDG says, unless that is no absolute path", () => {
		expect(historyFolder({ XDG_STATE_HOME: "/state" })).toBe("/state/quorate/history");
		expect(historyFolder({ XDG_STATE_HOME: "state" })).toMatch(/\/\.local\/state\/quorate\/history$/);
	});
});
