import { describe, expect, it } from "vitest";
import { type ClusterView, isHealthy, quorum, voters } from "../cluster/cluster-view.ts";
import { onNode } from "../cluster/volume-place.ts";
import { applyStep, settle } from "./model.ts";
import { nextStep } from "./next-step.ts";
import { healthyView, type ViewOptions } from "./testing/views.ts";

const growth = { replicas: 5, snapshot: true };
const goal = growth;
const VARIANTS: ViewOptions[] = [
	{},
	{ readyAsLearner: true },
	{ podManagementPolicy: "OrderedReady" },
	{ podManagementPolicy: "OrderedReady", readyAsLearner: true },
	{ members: 1 },
	{ members: 1, readyAsLearner: true },
	{ members: 2, readyAsLearner: true },
	{ firstOrdinal: 3 },
];

/** Every state between two changes on the way to the goal, as a run that was killed there would leave it. */
function statesOnTheWay(options: ViewOptions, goal = growth): ClusterView[] {
	const states: ClusterView[] = [];
	let view = healthyView(options);
	for (let round = 0; round < 500; round++) {
		states.push(view);
		const decision = nextStep(view, goal);
		if (decision.kind === "done") return states;
		if (decision.kind === "blocked") throw new Error(decision.blocked.message);
		view = decision.kind === "wait" ? settle(view) : applyStep(view, decision.step);
	}
	throw new Error("it does not end");
}

const change = (view: ClusterView, set: Partial<ClusterView["statefulSet"]>): ClusterView => ({
	...view,
	statefulSet: { ...view.statefulSet, ...set },
});

const reasonOf = (view: ClusterView, wanted = goal) => {
	const decision = nextStep(view, wanted);
	return decision.kind === "blocked" ? decision.blocked.reason : decision.kind;
};

describe("nextStep", () => {
	it.each(VARIANTS)("goes on from wherever a run was killed, to the same end: %o", (options) => {
		for (const state of statesOnTheWay(options)) {
			let view = state;
			for (let round = 0; nextStep(view, goal).kind !== "done"; round++) {
				expect(round).toBeLessThan(500);
				const decision = nextStep(view, goal);
				if (decision.kind === "step") view = applyStep(view, decision.step);
				else view = settle(view);
			}
			expect(voters(view)).toHaveLength(5);
			expect(view.statefulSet.record).toBeUndefined();
			expect(view.statefulSet.templateState).toBe("original");
			expect(view.statefulSet.updateStrategy.partition).toBe(0);
			expect(view.pods.every((pod) => pod.ready && pod.revision === view.statefulSet.updateRevision)).toBe(true);
		}
	});

	it.each(VARIANTS)("changes nothing while a voter is down, wherever it is: %o", (options) => {
		for (const state of statesOnTheWay(options)) {
			for (const member of voters(state).filter(isHealthy)) {
				const members = state.etcd.members.map((m) => (m === member ? { ...m, status: undefined, lag: undefined } : m));
				const decision = nextStep({ ...state, etcd: { ...state.etcd, members } }, goal);
				expect(decision.kind).toBe("wait");
			}
		}
	});

	it.each(VARIANTS)("never restarts a voter that quorum needs, nor a pod that was there before: %o", (options) => {
		const before = new Set(healthyView(options).pods.map((pod) => pod.uid));
		for (const state of statesOnTheWay(options)) {
			const decision = nextStep(state, goal);
			if (decision.kind !== "step" || decision.step.kind !== "restart-pod") continue;
			expect(before).not.toContain(decision.step.uid);
			const after = applyStep(state, decision.step);
			expect(voters(after).filter(isHealthy).length).toBeGreaterThanOrEqual(quorum(voters(after).length));
		}
	});

	it("adds a learner only under a fence that names exactly the present members and the new one", () => {
		for (const state of statesOnTheWay({})) {
			const decision = nextStep(state, goal);
			if (decision.kind !== "step" || decision.step.kind !== "add-learner") continue;
			const env = state.statefulSet.template.spec?.containers[0]?.env ?? [];
			const list = env.find((e) => e.name === "ETCD_INITIAL_CLUSTER")?.value?.split(",") ?? [];
			expect(list).toHaveLength(state.etcd.members.length + 1);
			expect(state.statefulSet.updateStrategy.partition).toBe(voters(state).length);
		}
	});

	it("takes no second learner, and promotes none that lags", () => {
		for (const state of statesOnTheWay({})) {
			const learners = state.etcd.members.filter((member) => member.isLearner);
			expect(learners.length).toBeLessThanOrEqual(1);
			const members = state.etcd.members.map((m) => (m.isLearner ? { ...m, lag: 5000n } : m));
			const decision = nextStep({ ...state, etcd: { ...state.etcd, members } }, goal);
			if (decision.kind === "step") expect(decision.step.kind).not.toBe("promote");
		}
	});

	it("binds the loose volume of a new member before its pod is made again or has a vote", () => {
		const states = statesOnTheWay({ members: 3 }, { replicas: 4, snapshot: true });
		const joined = states.find(({ etcd }) => etcd.members.some(({ isLearner, status }) => isLearner && status));
		if (!joined) throw new Error("nobody joined");
		const { name } = joined.volumes.find(({ claim }) => claim?.name.endsWith("-3")) ?? { name: "" };
		const loosened = joined.volumes.map((volume) => {
			const { nodeAffinity: _, ...spec } = volume.spec;
			return volume.name === name ? { ...volume, spec } : volume;
		});
		const node = joined.pods.find(({ ordinal }) => ordinal === 3)?.node;
		const loose = { ...joined, volumes: loosened };
		expect(nextStep(loose, { replicas: 4, snapshot: true })).toMatchObject({
			step: { kind: "place-volume", ordinal: 3, volume: name, node },
		});
		expect(nextStep(loose, { replicas: 3, snapshot: true })).toMatchObject({ step: { kind: "place-volume" } });
		// one that does not answer may have come up where its data is not
		const members = loose.etcd.members.map((one) => (one.isLearner ? { ...one, status: undefined } : one));
		const silent = { ...loose, etcd: { ...loose.etcd, members } };
		expect(nextStep(silent, { replicas: 3, snapshot: true })).toMatchObject({ step: { kind: "lower-replicas" } });
	});
	it("proves nothing while a member that was promoted has yet to apply it: as a learner it would refuse", () => {
		const proving = statesOnTheWay({}).filter((state) => {
			const decision = nextStep(state, goal);
			return decision.kind === "step" && decision.step.kind === "prove";
		});
		expect(proving).not.toEqual([]);
		for (const state of proving) {
			const members = state.etcd.members.map((member) => {
				const { status } = member;
				return member.ordinal === 3 && status ? { ...member, status: { ...status, isLearner: true } } : member;
			});
			expect(nextStep({ ...state, etcd: { ...state.etcd, members } }, goal)).toMatchObject({
				kind: "wait",
				wait: { reason: expect.stringMatching(/-3 has not applied its promotion yet/) },
			});
		}
	});

	it("takes nobody out and adds nobody while the members hold less than the snapshot: they began anew without their data", () => {
		for (const state of [...statesOnTheWay({}), ...statesOnTheWay({ members: 5 }, { replicas: 1, snapshot: true })]) {
			const { record } = state.statefulSet;
			if (!record?.snapshot) continue;
			const behind = change(state, { record: { ...record, snapshot: { ...record.snapshot, revision: "1001" } } });
			expect(["wait", "blocked"]).toContain(nextStep(behind, goal).kind);
			const equal = change(state, { record: { ...record, snapshot: { ...record.snapshot, revision: "1000" } } });
			expect(nextStep(equal, goal)).toEqual(nextStep(state, goal));
		}
	});

	it("starts with a snapshot, and takes it again where the file is gone", () => {
		const first = nextStep(healthyView(), goal);
		expect(first).toMatchObject({ kind: "step", step: { kind: "take-snapshot" } });
		const taken = applyStep(healthyView(), { kind: "take-snapshot" });
		expect(nextStep(taken, goal)).not.toMatchObject({ step: { kind: "take-snapshot" } });
		expect(nextStep({ ...taken, snapshotReadable: false }, goal)).toMatchObject({ step: { kind: "take-snapshot" } });
	});

	it("names what it will not touch", () => {
		const view = healthyView();
		const [first, ...rest] = view.etcd.members;
		if (!first) throw new Error("no members");
		const withMembers = (members: ClusterView["etcd"]["members"]) => ({ ...view, etcd: { ...view.etcd, members } });
		expect(reasonOf(change(view, { deleting: true }))).toBe("StatefulSetDeleted");
		expect(reasonOf(change(view, { templateState: "foreign" }))).toBe("TemplateChanged");
		expect(reasonOf(withMembers([...rest, first, { ...first, id: 9n, ordinal: undefined }]))).toBe("ForeignMember");
		expect(reasonOf(withMembers([...rest, { ...first, name: "" }]))).toBe("UnstartedVoter");
		expect(reasonOf(withMembers([...rest, first, { ...first, id: 9n, ordinal: 3, isLearner: true }]))).toBe(
			"ForeignLearner",
		);
		expect(reasonOf(withMembers([...rest, { ...first, ordinal: 4 }]))).toBe("MemberMissing");
		expect(reasonOf(withMembers([...rest, first, { ...first, ordinal: 3 }]))).toBe("DuplicateMember");
		expect(reasonOf(withMembers([...rest, first, { ...first, id: 9n }]))).toBe("DuplicateMember");
		expect(reasonOf(change(view, { replicas: 4 }))).toBe("ReplicasWithoutMembers");
		expect(reasonOf(change(view, { replicas: 2 }))).toBe("MembersWithoutReplicas");
		expect(reasonOf(change(view, { replicas: 1 }), { replicas: 2, snapshot: true })).toBe("MembersWithoutReplicas");
		expect(reasonOf({ ...view, etcd: { ...view.etcd, alarms: [{ memberId: first.id, type: "NOSPACE" }] } })).toBe(
			"AlarmRaised",
		);
		const discarding = { ...goal, discardVolumes: true };
		const stale = { ...view.claims[0], name: "data-mayastor-etcd-3", ordinal: 3 } as ClusterView["claims"][number];
		const begun = applyStep({ ...view, claims: [...view.claims, stale] }, { kind: "take-snapshot" });
		expect(reasonOf(begun, goal)).toBe("StaleClaim");
		expect(nextStep(begun, discarding)).toMatchObject({
			step: { kind: "empty-volume", claim: "data-mayastor-etcd-3", node: "node-1" },
		});
		const [own, ...others] = begun.volumes;
		if (!own) throw new Error("no volumes");
		const loose = { ...begun, pods: begun.pods.slice(1), claims: [stale], volumes: [own, ...others] };
		expect(nextStep(loose, discarding)).toMatchObject({ kind: "blocked" });
	});

	it.each([
		["mayastor", "data-mayastor-etcd-3", "Available", "delete-volume"],
		["other", "data-mayastor-etcd-3", "Bound", "restore-strategy"],
		["mayastor", "data-other-3", "Available", "restore-strategy"],
		["mayastor", "data-mayastor-etcd-events-3", "Released", "restore-strategy"],
	])("deletes a volume for %s/%s that is %s, and no other's, whatever was written down: %s", (...given) => {
		const [namespace, name, phase, kind] = given;
		const { statefulSet, volumes, ...rest } = applyStep(healthyView(), { kind: "take-snapshot" });
		const [volume] = volumes;
		if (!statefulSet.record || !volume) throw new Error("nothing was written down");
		const record = { ...statefulSet.record, volumes: ["others"] };
		const others = { ...volume, name: "others", phase, claim: { namespace, name } };
		const view = { ...rest, statefulSet: { ...statefulSet, record }, volumes: [...volumes, others] };
		expect(nextStep(view, { replicas: 3, snapshot: false })).toMatchObject({ step: { kind } });
	});

	it("takes back a template that someone changed meanwhile, wherever the run stands", () => {
		const back = { replicas: 3, snapshot: false, takesBack: true };
		for (const state of [...statesOnTheWay({}), ...statesOnTheWay({ readyAsLearner: true })]) {
			const { record } = state.statefulSet;
			if (!record) continue;
			const template = { ...record.template, metadata: { labels: { app: "other" } } };
			const changed = change(state, { template, templateState: "foreign", updateRevision: "other" });
			const refused = nextStep(changed, goal);
			expect(refused).toMatchObject({
				kind: "blocked",
				blocked: {
					reason: "TemplateChanged",
					message: expect.stringContaining("metadata.labels.app"),
					hint: expect.stringContaining("quorate abort sts/mayastor-etcd -n mayastor;"),
				},
			});
			let view = changed;
			for (let round = 0; nextStep(view, back).kind !== "done"; round++) {
				const decision = nextStep(view, back);
				if (decision.kind === "blocked" || round > 200) throw new Error(JSON.stringify(decision));
				view = decision.kind === "step" ? applyStep(view, decision.step) : settle(view);
			}
			expect(view.statefulSet).toMatchObject({ template: record.template, record: undefined, replicas: 3 });
			expect(view.statefulSet.updateStrategy.partition).toBe(0);
		}
	});

	it("deletes a pod that does not run on a template that was put back, when all others are well", () => {
		const view = applyStep(healthyView(), { kind: "take-snapshot" });
		const bad = (ordinal: number, of: ClusterView): ClusterView => ({
			...of,
			pods: of.pods.map((pod) =>
				pod.ordinal === ordinal ? { ...pod, revision: "bad", running: false, ready: false } : pod,
			),
			etcd: {
				...of.etcd,
				members: of.etcd.members.map((m) => (m.ordinal === ordinal ? { ...m, status: undefined, lag: undefined } : m)),
			},
			volumes: of.volumes.map((volume) => ({
				...volume,
				spec: { ...volume.spec, nodeAffinity: onNode(of, "node-1") ?? {} },
			})),
		});
		const back = { replicas: 3, snapshot: false, takesBack: true };
		expect(nextStep(bad(2, view), back)).toMatchObject({ step: { kind: "restart-pod", ordinal: 2 } });
		expect(nextStep(bad(1, bad(2, view)), back).kind).toBe("wait");
		// no run is unfinished: there is nothing to take back
		expect(nextStep(bad(2, healthyView()), back).kind).toBe("done");
	});

	it("has nothing to do where all is as wanted", () => {
		expect(nextStep(healthyView(), { replicas: 3, snapshot: true }).kind).toBe("done");
	});

	describe("going down", () => {
		const down = { replicas: 3, snapshot: true };
		const LARGE: ViewOptions[] = [
			{ members: 7 },
			{ members: 5, readyAsLearner: true },
			{ members: 5, podManagementPolicy: "OrderedReady" },
			{ members: 4, firstOrdinal: 2 },
			{ members: 5, provisioner: "example.com/dynamic" },
			{ members: 5, deletesClaims: true, provisioner: "example.com/dynamic" },
		];

		it.each(LARGE)("goes on from wherever a run was killed, and leaves no claim or volume: %o", (options) => {
			for (const state of statesOnTheWay(options, down)) {
				let view = state;
				for (let round = 0; nextStep(view, down).kind !== "done"; round++) {
					expect(round).toBeLessThan(500);
					const decision = nextStep(view, down);
					expect(decision.kind).not.toBe("blocked");
					view = decision.kind === "step" ? applyStep(view, decision.step) : settle(view);
				}
				expect(voters(view)).toHaveLength(3);
				expect(view.statefulSet).toMatchObject({ replicas: 3, record: undefined });
				expect(view.pods).toHaveLength(3);
				expect(view.claims).toHaveLength(3);
				if (options.provisioner === undefined) expect(view.volumes).toHaveLength(3);
				expect(view.cleaners).toEqual([]);
			}
		});

		it("takes a member out only when its pod will not be started again, and never the leader", () => {
			for (const options of LARGE)
				for (const state of statesOnTheWay(options, down)) {
					const decision = nextStep(state, down);
					if (decision.kind !== "step" || decision.step.kind !== "remove-member") continue;
					const { memberId, ordinal } = decision.step;
					expect(memberId).not.toBe(state.etcd.leader);
					expect(state.statefulSet.replicas + state.statefulSet.firstOrdinal).toBe(ordinal);
					expect(state.pods.find((pod) => pod.ordinal === ordinal)?.terminating ?? true).toBe(true);
				}
		});

		it.each([2, 3, 5])("gets from %i to one, the second agreeing to its own leaving", (members) => {
			const one = { replicas: 1, snapshot: true };
			const states = statesOnTheWay({ members }, one);
			for (const state of states) {
				const decision = nextStep(state, one);
				if (decision.kind !== "step" || decision.step.kind !== "remove-member") continue;
				const healthy = voters(state).filter(isHealthy).length;
				expect(healthy).toBeGreaterThanOrEqual(quorum(voters(state).length));
			}
			for (const state of states) {
				let view = state;
				for (let round = 0; nextStep(view, one).kind !== "done"; round++) {
					expect(round).toBeLessThan(500);
					const decision = nextStep(view, one);
					expect(decision.kind).not.toBe("blocked");
					view = decision.kind === "step" ? applyStep(view, decision.step) : settle(view);
				}
				expect(voters(view)).toHaveLength(1);
				expect(view.statefulSet).toMatchObject({ replicas: 1, record: undefined });
			}
		});

		it("hands the leadership on first", () => {
			const view = healthyView({ members: 5 });
			const led = { ...view, etcd: { ...view.etcd, leader: 105n } };
			const kept = { ...down, keepVolumes: true };
			const begun = applyStep(led, { kind: "take-snapshot" });
			expect(nextStep(begun, down)).toMatchObject({ step: { kind: "look-into-volume", ordinal: 4, node: "node-5" } });
			const placed = applyStep(begun, {
				...{ kind: "place-volume", ordinal: 4, volume: "etcd-volume-4", uid: "uid-etcd-volume-4", node: "node-5" },
			});
			expect(nextStep(begun, kept)).toMatchObject({ step: { kind: "place-volume", volume: "etcd-volume-4" } });
			expect(nextStep(placed, kept)).toMatchObject({ step: { kind: "move-leader", ordinal: 4, target: 101n } });
		});

		it("believes a report only of the StatefulSet as it is: a pod may have come, and written, and gone since", () => {
			const reported = statesOnTheWay({ members: 5 }, down).filter(({ cleaners }) =>
				cleaners.some(({ report }) => report?.emptied),
			);
			expect(reported.length).toBeGreaterThan(0);
			for (const state of reported) {
				const uid = state.cleaners.find(({ report }) => report?.emptied)?.uid;
				expect(nextStep(state, down)).toMatchObject({ step: { kind: "delete-claim" } });
				const later = change(state, { generation: state.statefulSet.generation + 1 });
				expect(nextStep(later, down)).toMatchObject({ step: { kind: "remove-cleaner", uid } });
				const another = change(state, { uid: "another" });
				expect(nextStep(another, down)).toMatchObject({ step: { kind: "remove-cleaner", uid } });
				const claims = state.claims.map((claim) => ({ ...claim, uid: "another" }));
				const replaced = nextStep({ ...state, claims }, { ...down, discardVolumes: true });
				expect(replaced).toMatchObject({ step: { kind: "remove-cleaner", uid } });
				const cleaners = state.cleaners.map(({ madeFor: _, ...cleaner }) => cleaner);
				expect(nextStep({ ...state, cleaners }, down)).toMatchObject({ step: { kind: "remove-cleaner", uid } });
			}
		});

		it("takes no claim away under another pod that mounts it", () => {
			for (const provisioner of [undefined, "example.com/dynamic"]) {
				const options = { members: 5, ...(provisioner ? { provisioner } : {}) };
				const left = statesOnTheWay(options, down).find((state) => {
					const decision = nextStep(state, down);
					return decision.kind === "step" && ["empty-volume", "delete-claim"].includes(decision.step.kind);
				});
				if (!left) throw new Error("nothing was taken away");
				const claims = left.claims.map((claim) => (claim.ordinal === 4 ? { ...claim, usedBy: "backup-x7f2" } : claim));
				const used = { ...left, claims };
				const reason = expect.stringMatching(/pod backup-x7f2, .* mounts claim data-mayastor-etcd-4/);
				expect(nextStep(used, down)).toMatchObject({ kind: "wait", wait: { kind: "pod-gone", reason } });
				expect(nextStep(used, { ...down, keepVolumes: true })).not.toMatchObject({ wait: { reason } });
			}
		});

		it("never leaves fewer healthy voters than quorum, whoever is down", () => {
			for (const state of statesOnTheWay({ members: 5 }, down))
				for (const member of voters(state)) {
					const members = state.etcd.members.map((m) =>
						m === member ? { ...m, status: undefined, lag: undefined } : m,
					);
					const view = { ...state, etcd: { ...state.etcd, members } };
					const decision = nextStep(view, down);
					if (decision.kind !== "step") continue;
					const healthy = voters(applyStep(view, decision.step)).filter(isHealthy).length;
					expect(healthy).toBeGreaterThanOrEqual(quorum(voters(applyStep(view, decision.step)).length));
				}
		});

		it("deletes nothing of a member that has not left, and keeps volumes where asked", () => {
			for (const state of statesOnTheWay({ members: 5 }, down)) {
				const decision = nextStep(state, down);
				if (decision.kind !== "step" || !["empty-volume", "delete-claim"].includes(decision.step.kind)) continue;
				const { ordinal } = decision.step as { ordinal: number };
				expect(state.etcd.members.some((m) => m.ordinal === ordinal)).toBe(false);
				expect(state.pods.some((p) => p.ordinal === ordinal)).toBe(false);
			}
			const kept = { ...down, keepVolumes: true };
			for (const state of statesOnTheWay({ members: 5 }, kept)) {
				const decision = nextStep(state, kept);
				if (decision.kind === "step")
					expect(["empty-volume", "delete-claim", "delete-volume"]).not.toContain(decision.step.kind);
			}
		});
	});

	it.each(VARIANTS)("takes everything back from wherever a growth stopped: %o", (options) => {
		const before = healthyView(options);
		const back = { replicas: options.members ?? 3, snapshot: false };
		for (const state of statesOnTheWay(options)) {
			if (!state.statefulSet.record) continue;
			let view = state;
			for (let round = 0; nextStep(view, back).kind !== "done"; round++) {
				expect(round).toBeLessThan(500);
				const decision = nextStep(view, back);
				expect(
					decision.kind,
					JSON.stringify(decision, (_, v) => (typeof v === "bigint" ? String(v) : v)),
				).not.toBe("blocked");
				view = decision.kind === "step" ? applyStep(view, decision.step) : settle(view);
			}
			expect(view.etcd.members.map((m) => m.name)).toEqual(before.etcd.members.map((m) => m.name));
			expect(view.statefulSet).toMatchObject({ replicas: back.replicas, record: undefined, templateState: "original" });
			expect(view.statefulSet.updateStrategy).toEqual(before.statefulSet.updateStrategy);
			expect(view.claims.map((c) => c.name)).toEqual(before.claims.map((c) => c.name));
			expect(view.volumes.map((v) => v.name)).toEqual(before.volumes.map((v) => v.name));
			expect(view.pods.every((pod) => pod.ready)).toBe(true);
		}
	});
});
