import { describe, expect, it } from "vitest";
import { plan } from "./plan.ts";
import { healthyView } from "./testing/views.ts";

const kinds = (from: number, to: number, options = {}) =>
	plan(healthyView({ members: from, ...options }), { replicas: to, snapshot: true }).steps.map((s) => s.step.kind);

const JOIN = [
	"create-volume",
	"fence",
	"add-learner",
	"raise-replicas",
	"restore-template",
	"restart-pod",
	"promote",
	"prove",
];

describe("plan", () => {
	it("adds one member in the order of the design", () => {
		expect(kinds(3, 4)).toEqual(["take-snapshot", ...JOIN, "restore-strategy"]);
	});

	it("adds members one after the other, with one snapshot", () => {
		expect(kinds(3, 5)).toEqual(["take-snapshot", ...JOIN, ...JOIN, "restore-strategy"]);
	});

	it("makes no volumes where a provisioner does", () => {
		expect(kinds(3, 5, { provisioner: "x/y" })).not.toContain("create-volume");
	});

	it("does not get by a claim that a pod of others mounts, and says so before anybody leaves", () => {
		const view = healthyView({ members: 5 });
		const claims = view.claims.map((claim) => (claim.ordinal === 4 ? { ...claim, usedBy: "backup" } : claim));
		const { blocked } = plan({ ...view, claims }, { replicas: 4, snapshot: true });
		expect(blocked?.message).toContain("pod backup, which is none of mayastor-etcd, mounts claim data-mayastor-etcd-4");
	});

	it("never lets tolerance fall below that at the start, and restarts no voter, where a learner is kept out of the Service", () => {
		for (let from = 1; from <= 9; from++)
			for (let to = from; to <= 9; to++) {
				const { toleranceBefore, toleranceLowest, blocked } = plan(healthyView({ members: from }), {
					replicas: to,
					snapshot: true,
				});
				expect(blocked).toBeUndefined();
				if (from !== 1) expect(toleranceLowest).toBe(toleranceBefore);
			}
	});

	it("restarts the new pods at the end where a learner would be sent clients, so that tolerance holds for odd sizes", () => {
		const found = plan(healthyView({ readyAsLearner: true }), { replicas: 5, snapshot: true });
		expect(found.steps.map((s) => s.step.kind).slice(-5)).toEqual([
			"prove",
			"restore-template",
			"restart-pod",
			"restart-pod",
			"restore-strategy",
		]);
		expect(found.toleranceLowest).toBe(1);
	});

	it("comes to its end for every size, policy and image, and leaves nothing behind", () => {
		for (const podManagementPolicy of ["Parallel", "OrderedReady"] as const)
			for (const readyAsLearner of [false, true])
				for (const firstOrdinal of [0, 5])
					for (let from = 1; from <= 9; from++)
						for (let to = from; to <= 9; to++) {
							const view = healthyView({ members: from, podManagementPolicy, readyAsLearner, firstOrdinal });
							const found = plan(view, { replicas: to, snapshot: true });
							expect(found.blocked).toBeUndefined();
							expect(found.steps.at(-1)?.voters ?? from).toBe(to);
							expect(found.toleranceLowest).toBeGreaterThanOrEqual(0);
						}
	});

	it("says what nobody but a person can mend", () => {
		const view = healthyView();
		const lost = { ...view, etcd: { ...view.etcd, trouble: "no voter answers" } };
		expect(plan(lost, { replicas: 5, snapshot: true })).toMatchObject({
			steps: [],
			blocked: { message: "no voter answers" },
		});
	});

	it("says so where nobody answers, however many pods there are to be", () => {
		const { statefulSet, etcd, ...rest } = healthyView();
		const replicas = 2 ** 31 - 1;
		const lost = { ...rest, statefulSet: { ...statefulSet, replicas }, etcd: { ...etcd, trouble: "no voter answers" } };
		expect(plan(lost, { replicas: 5, snapshot: true }).blocked?.message).toBe("no voter answers");
	});

	it("clears away whatever was left of members that were many, where that is asked for", () => {
		const view = healthyView();
		const left = Array.from({ length: 47 }, (_, index) => index + 3).map((ordinal) => {
			const name = `data-mayastor-etcd-${ordinal}`;
			return {
				...{ ordinal, template: "data", name, uid: `uid-${name}`, phase: "Bound" as const },
				...{ volume: `v-${ordinal}`, terminating: false },
			};
		});
		const crowded = { ...view, claims: [...view.claims, ...left] };
		expect(plan(crowded, { replicas: 5, snapshot: true }).blocked?.reason).toBe("StaleClaim");
		const found = plan(crowded, { replicas: 5, snapshot: true, discardVolumes: true });
		expect(found.blocked).toBeUndefined();
		expect(found.steps.filter(({ step }) => step.kind === "delete-claim")).toHaveLength(47);
	});

	it("deletes a claim that was never bound: someone scaled up and down again before there was a volume", () => {
		const view = healthyView();
		const name = "data-mayastor-etcd-3";
		const unbound = { ordinal: 3, template: "data", name, uid: name, phase: "Pending" as const, volume: undefined };
		const waiting = { ...view, claims: [...view.claims, { ...unbound, terminating: false }] };
		const kinds = (found: ReturnType<typeof plan>) => found.steps.map(({ step }) => step.kind);
		const found = plan(waiting, { replicas: 4, snapshot: true });
		expect(found.blocked).toBeUndefined();
		const [snapshot, ...others] = kinds(plan(view, { replicas: 4, snapshot: true }));
		expect(kinds(found)).toEqual([snapshot, "delete-claim", ...others]);
		expect(kinds(plan(waiting, { replicas: 3, snapshot: true }))).toEqual([]);
		const bound = { ...waiting, claims: waiting.claims.map((claim) => ({ ...claim, volume: claim.volume ?? "pv-9" })) };
		expect(plan(bound, { replicas: 4, snapshot: true }).blocked?.reason).toBe("StaleClaim");
		const unread = { ...waiting, unread: { volumes: "this user may not list persistentvolumes" } };
		expect(plan(unread, { replicas: 4, snapshot: true }).blocked?.reason).toBe("StaleClaim");
		const meant = { namespace: "mayastor", name };
		const reserved = view.volumes
			.slice(0, 1)
			.map((one) => ({ ...one, name: "pv-9", phase: "Available", claim: meant }));
		const about = { ...waiting, volumes: [...view.volumes, ...reserved] };
		expect(plan(about, { replicas: 4, snapshot: true }).blocked?.reason).toBe("StaleClaim");
		const ending = { ...view, claims: [...view.claims, { ...unbound, terminating: true }] };
		expect(plan(ending, { replicas: 4, snapshot: true }).blocked?.reason).toBe("StaleClaim");
	});

	it("puts several pods on one node where the template lets it and there is no other", () => {
		const view = { ...healthyView({ nodes: 3, provisioner: "x/y" }), oneNodeEach: false };
		expect(plan(view, { replicas: 5, snapshot: true }).blocked).toBeUndefined();
		expect(plan({ ...view, oneNodeEach: true }, { replicas: 5, snapshot: true }).blocked?.reason).toBe("NotSettled");
	});

	it("is empty where nothing is to be done", () => {
		expect(kinds(3, 3)).toEqual([]);
	});

	it("is refused where nodes run out under hard anti-affinity", () => {
		expect(plan(healthyView({ nodes: 4 }), { replicas: 5, snapshot: true }).blocked?.reason).toBe("NoNodeForVolume");
	});
});
