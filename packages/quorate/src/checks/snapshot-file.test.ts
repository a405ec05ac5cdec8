import { describe, expect, it } from "vitest";
import { healthyView } from "../scaling/testing/views.ts";
import { snapshotFile } from "./snapshot-file.ts";
import { inputOf, withMember, withSet } from "./testing/input.ts";

const file = "/backup/etcd.db";
const big = withMember(1, { status: { ...bigStatus(), dbSize: 3n * 2n ** 30n } });

function bigStatus() {
	const status = healthyView().etcd.members[1]?.status;
	if (!status) throw new Error("the healthy view's members answer");
	return status;
}

describe("the snapshot's file", () => {
	it("can be written, and there is room", () =>
		expect(snapshotFile(inputOf({ snapshotPlace: { file, free: 2 ** 40 } }))).toMatchObject({
			status: "pass",
			saw: "the snapshot goes to /backup/etcd.db",
		}));
	it("has no room for the largest database", () =>
		expect(snapshotFile(inputOf({ view: big, snapshotPlace: { file, free: 2 ** 30 } }))).toMatchObject({
			status: "fail",
			saw: "the snapshot needs 3072.0 MiB, and only 1024.0 MiB are free for /backup/etcd.db",
		}));
	it("cannot be written", () => {
		const trouble = { code: "ENOENT", message: "folder /backup does not exist", hint: "make it: mkdir -p /backup" };
		const snapshotPlace = { file, trouble };
		expect(snapshotFile(inputOf({ snapshotPlace }))).toMatchObject({ status: "fail", saw: trouble.message });
		const goal = { replicas: 3, snapshot: false };
		expect(snapshotFile(inputOf({ snapshotPlace, goal }))).toMatchObject({ status: "skip" });
	});
	it("is there already, of the unfinished run", () => {
		const { template, rawUpdateStrategy } = healthyView().statefulSet;
		const snapshot = { file, revision: "7", sha256: "", takenAt: "" };
		const record = { version: 1, from: 3, template, updateStrategy: rawUpdateStrategy, snapshot };
		const view = { ...withSet({ record } as never), snapshotReadable: true };
		const trouble = { code: "EEXIST", message: "it is there", hint: "choose another name" };
		expect(snapshotFile(inputOf({ view, snapshotPlace: { file, trouble } }))).toMatchObject({ status: "pass" });
	});
});
