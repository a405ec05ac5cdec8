import type { Pod } from "kubernetes-types/core/v1";
import { expect, it } from "vitest";
import { type CleanerTask, cleanerPod, cleanersFor, cleanerView } from "./cleaner-pod.ts";

const where: CleanerTask = {
	task: "empty",
	namespace: "mayastor",
	claim: "data-mayastor-etcd-3",
	node: "node-3",
	expected: { cluster: 7n, member: 104n, present: [101n], mustHoldLog: true },
	madeFor: { uid: "uid-of-the-set", generation: 12, claimUid: "uid-of-the-claim" },
};
const made = cleanerPod({ spec: { containers: [{ name: "etcd", image: "etcd:3.6.16" }] } }, "etcd", where);

function after(phase: string, restartCount: number, message = ""): Pod {
	const done = phase === "Succeeded";
	const terminated = done ? { exitCode: 0, message } : { exitCode: 128, reason: "StartError", message };
	const status = { name: "clean", image: "", imageID: "", ready: false, restartCount, state: { terminated } };
	return { ...made, status: { phase, containerStatuses: [status] } };
}

it("is started again where the node failed to start it", () => {
	expect(made.spec?.restartPolicy).toBe("OnFailure");
	expect(cleanerView(after("Running", 1))).toMatchObject([{ claim: where.claim, phase: "Running" }]);
});

it("counts as failed once it was started again three times, and says why in the node's words", () => {
	const [cleaner] = cleanerView(after("Running", 3, "failed to create task\nmkdir /sys/fs/cgroup/x: no space left"));
	expect(cleaner?.phase).toBe("Failed");
	expect(cleaner?.trouble).toMatch(/StartError \(exit code 128: mkdir .*: no space left\)/);
});

it("is done when it is done, however often it was tried", () => {
	expect(cleanerView(after("Succeeded", 5))).toMatchObject([{ phase: "Succeeded" }]);
});

it("says which StatefulSet it was made for, and when; one of an earlier release does not", () => {
	expect(cleanerView(made)).toMatchObject([{ madeFor: where.madeFor }]);
	const { "quorate.io/made-for": _, ...annotations } = made.metadata?.annotations ?? {};
	expect(cleanerView({ ...made, metadata: { ...made.metadata, annotations } })[0]?.madeFor).toBeUndefined();
});

it("is the one of that StatefulSet, not of another one's run", () => {
	const set = { name: "mayastor-etcd", templates: ["data"] };
	const other = cleanerPod({ spec: { containers: [] } }, "etcd", { ...where, claim: "data-mayastor-etcd-events-3" });
	expect(cleanersFor(set, [made, other, { metadata: { name: "p" } }])).toMatchObject([{ claim: where.claim }]);
	expect(cleanersFor({ ...set, name: "mayastor-etcd-events" }, [made, other])).toMatchObject([
		{ claim: "data-mayastor-etcd-events-3" },
	]);
});

it("is no other pod", () => {
	expect(cleanerView({ metadata: { name: "mayastor-etcd-3" } })).toEqual([]);
});
