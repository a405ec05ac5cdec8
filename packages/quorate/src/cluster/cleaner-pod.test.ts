import type { Pod } from "kubernetes-types/core/v1";
import { expect, it } from "vitest";
import { type CleanerTask, cleanerPod, cleanersFor, cleanerView } from "./cleaner-pod.ts";
import type { VolumeTask } from "./cluster-view.ts";

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

it("has the security context and the resources of etcd's pod and container, not of another one in it", () => {
	const ofPod = { runAsNonRoot: true, runAsUser: 1001, fsGroup: 1001 };
	const ofContainer = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
	const resources = { requests: { cpu: "100m" }, limits: { memory: "256Mi" } };
	const sidecar = { name: "proxy", image: "proxy:1", securityContext: { privileged: true } };
	const etcd = { name: "etcd", image: "etcd:3.6.16", securityContext: ofContainer, resources };
	const { spec } = cleanerPod({ spec: { securityContext: ofPod, containers: [sidecar, etcd] } }, "etcd", where);
	expect(spec?.securityContext).toEqual(ofPod);
	expect(spec?.containers).toMatchObject([{ image: "etcd:3.6.16", securityContext: ofContainer, resources }]);
	expect(made.spec?.containers[0]).not.toHaveProperty("resources");
});

const podFor = (claim: string, task: VolumeTask = "empty") =>
	cleanerPod({ spec: { containers: [] } }, "etcd", { ...where, task, claim });
const LABEL = /^[a-z0-9A-Z]([-_.a-z0-9A-Z]{0,61}[a-z0-9A-Z])?$/;

it("has a name that Kubernetes takes and that no other one has, however long its claim's is", () => {
	// as long as it may be uncut, one longer, cut at a dash or a dot, and as long as a claim's name may be
	const long = [46, 47, 60, 200, 248].map((length) => `data-${"a".repeat(length - 5)}-3`);
	const cut = ["-", "."].map((end) => `data-${"a".repeat(30)}${end.repeat(5)}${"b".repeat(40)}-3`);
	const twins = [3, 4].map((ordinal) => `data-${"etcd".repeat(20)}-${ordinal}`);
	const claims = ["data-mayastor-etcd-3", ...long, ...cut, ...twins];
	const names = claims.flatMap((claim) => [podFor(claim, "look"), podFor(claim)]).map(({ metadata }) => metadata?.name);
	expect(names.slice(0, 2)).toEqual(["quorate-look-data-mayastor-etcd-3", "quorate-empty-data-mayastor-etcd-3"]);
	for (const name of names) {
		expect(name).toMatch(/^[a-z0-9]+([-.][a-z0-9]+)*$/);
		expect(name?.length).toBeLessThanOrEqual(63);
	}
	expect(new Set(names).size).toBe(names.length);
	// the same in each run: otherwise one that was made would not be found again
	expect(podFor(twins[0] ?? "").metadata?.name).toBe(podFor(twins[0] ?? "").metadata?.name);
});

it("is found by its labels where the name of the StatefulSet or of the claim is too long for one", () => {
	const name = "mayastor-etcd.".repeat(16).slice(0, -1);
	const claim = `data-${name}-3`;
	expect(claim.length).toBeGreaterThan(200);
	const pod = podFor(claim);
	for (const value of Object.values(pod.metadata?.labels ?? {})) expect(value).toMatch(LABEL);
	expect(cleanersFor({ name, templates: ["data"] }, [pod])).toMatchObject([{ claim, task: "empty" }]);
});

const NO_SHELL = 'exec: "sh": executable file not found in $PATH';

it.each([
	["cannot be started", { waiting: { reason: "RunContainerError", message: NO_SHELL } }, {}],
	[
		"is held back",
		{ waiting: { reason: "CrashLoopBackOff", message: "back-off 10s" } },
		{ terminated: { exitCode: 128, reason: "StartError", message: NO_SHELL } },
	],
])("fails at once where the image has no shell, and says so: a container that %s", (_, state, lastState) => {
	const of = (restartCount: number): Pod => ({
		...made,
		status: {
			phase: "Running",
			containerStatuses: [{ name: "clean", image: "", imageID: "", ready: false, restartCount, state, lastState }],
		},
	});
	expect(cleanerView(of(1))).toMatchObject([{ phase: "Failed", trouble: expect.stringContaining(NO_SHELL) }]);
	// a runtime that has just failed may say so once
	expect(cleanerView(of(0))).toMatchObject([{ phase: "Running" }]);
});
