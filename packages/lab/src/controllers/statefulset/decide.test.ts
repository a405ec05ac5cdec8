import fc from "fast-check";
import { expect, test } from "vitest";
import type { Claim, Pod, StatefulSet } from "../stored.ts";
import { webSet } from "../testing/stateful-set.ts";
import { decide } from "./decide.ts";
import { ordinalOf } from "./identity.ts";
import { REVISION_LABEL } from "./new-pod.ts";
import type { Action } from "./observed.ts";
import { completed } from "./status.ts";

type State = "starting" | "ready" | "terminating" | "failed";

interface Shape {
	parallel: boolean;
	replicas: number;
	start: number;
	partition: number;
}

/** A set and its pods as a model: what the controller decides is done at once, the pods move when the test says so. */
class Model {
	readonly set: StatefulSet;
	readonly pods = new Map<number, { state: State; revision: string }>();
	/** "old" until the template is edited, then "new" */
	update = "old";
	current = "old";

	constructor({ parallel, replicas, start, partition }: Shape) {
		const draft = webSet({
			podManagementPolicy: parallel ? "Parallel" : "OrderedReady",
			replicas,
			ordinals: { start },
			updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition } },
			volumeClaimTemplates: [],
		});
		this.set = {
			...draft,
			metadata: { ...draft.metadata, uid: "set" },
			status: { replicas: 0 },
		} as unknown as StatefulSet;
	}

	scale(replicas: number): void {
		if (this.set.spec) this.set.spec.replicas = replicas;
	}

	/** One round of the controller. */
	round(): Action[] {
		const template = { metadata: { labels: { app: "web" } }, spec: { containers: [] } };
		const { actions, status } = decide({
			set: this.set,
			pods: this.podObjects(),
			claims: new Map<string, Claim>(),
			current: { name: this.current, template },
			update: { name: this.update, template },
			collisions: 0,
			now: 0,
		});
		this.set.status = completed(this.set, status);
		this.current = this.set.status.currentRevision ?? this.current;
		for (const action of actions) this.#do(action);
		return actions;
	}

	#do(action: Action): void {
		if (action.do === "create-pod") {
			const revision = action.pod.metadata.labels[REVISION_LABEL] ?? "";
			this.pods.set(action.ordinal, { state: "starting", revision });
		} else if (action.do === "delete-pod") {
			const pod = this.pods.get(ordinalOf(this.set, action.pod) ?? -1);
			if (pod) pod.state = "terminating";
		}
	}

	podObjects(): Pod[] {
		return [...this.pods].map(([ordinal, { state, revision }]) => {
			const phase = { starting: "Pending", ready: "Running", terminating: "Running", failed: "Failed" }[state];
			const ready = state === "ready" || state === "terminating" ? "True" : "False";
			const name = `web-${ordinal}`;
			const labels = {
				app: "web",
				[REVISION_LABEL]: revision,
				"statefulset.kubernetes.io/pod-name": name,
				"apps.kubernetes.io/pod-index": String(ordinal),
			};
			return {
				metadata: { name, uid: `${name}-uid`, labels, ...(state === "terminating" ? { deletionTimestamp: "x" } : {}) },
				spec: { containers: [] },
				status: { phase, conditions: [{ type: "Ready", status: ready }] },
			} as unknown as Pod;
		});
	}

	/** Numbers that are not up: missing, starting, ended or on their way out. */
	down(): number[] {
		const start = this.set.spec?.ordinals?.start ?? 0;
		const all = Array.from({ length: this.set.spec?.replicas ?? 0 }, (_, index) => start + index);
		return all.filter((ordinal) => this.pods.get(ordinal)?.state !== "ready");
	}

	/** A pod moves on: starts up, is gone, or ends. */
	move(seed: number, fail: boolean): void {
		const moving = [...this.pods].filter(([, { state }]) => state === "starting" || state === "terminating");
		const [ordinal, pod] = moving[seed % Math.max(1, moving.length)] ?? [];
		if (ordinal === undefined || !pod) return;
		if (pod.state === "terminating") this.pods.delete(ordinal);
		else pod.state = fail ? "failed" : "ready";
	}

	/** Someone deletes the ended pods that the set no longer wants. */
	clearEnded(): void {
		const start = this.set.spec?.ordinals?.start ?? 0;
		const end = start + (this.set.spec?.replicas ?? 0);
		for (const [ordinal, { state }] of this.pods) {
			if (state === "failed" && (ordinal < start || ordinal >= end)) this.pods.delete(ordinal);
		}
	}

	settle(): void {
		for (let quiet = 0; quiet < 2; ) {
			const acted = this.round().length > 0;
			const before = JSON.stringify([...this.pods]);
			this.move(0, false);
			quiet = acted || JSON.stringify([...this.pods]) !== before ? 0 : quiet + 1;
		}
	}
}

const shapes = fc.record({
	parallel: fc.boolean(),
	replicas: fc.integer({ min: 0, max: 6 }),
	start: fc.integer({ min: 0, max: 2 }),
	partition: fc.integer({ min: 0, max: 4 }),
});
const happenings = fc.array(
	fc.oneof(
		{ weight: 6, arbitrary: fc.record({ kind: fc.constant("move" as const), seed: fc.nat(9), fail: fc.boolean() }) },
		{
			weight: 1,
			arbitrary: fc.record({ kind: fc.constant("scale" as const), replicas: fc.integer({ min: 0, max: 6 }) }),
		},
		{ weight: 1, arbitrary: fc.record({ kind: fc.constant("edit" as const) }) },
		{ weight: 1, arbitrary: fc.record({ kind: fc.constant("lose" as const), seed: fc.nat(9) }) },
	),
	{ maxLength: 40 },
);

type Happening = typeof happenings extends fc.Arbitrary<(infer T)[]> ? T : never;

function happen(model: Model, what: Happening): void {
	if (what.kind === "move") model.move(what.seed, what.fail);
	else if (what.kind === "scale") model.scale(what.replicas);
	else if (what.kind === "edit") model.update = "new";
	else model.pods.delete([...model.pods.keys()][what.seed] ?? -1);
}

test("whatever happens, the set comes to rest with the pods that it should have", () => {
	fc.assert(
		fc.property(shapes, happenings, (shape, events) => {
			const model = new Model(shape);
			for (const event of events) {
				happen(model, event);
				model.round();
			}
			model.settle();
			// under OrderedReady a pod waits for an ended one below it, which nobody makes anew once both are to go
			if (!shape.parallel) {
				model.clearEnded();
				model.settle();
			}
			expect(model.down()).toEqual([]);
			expect(model.pods.size).toBe(model.set.spec?.replicas);
			for (const [ordinal, pod] of model.pods) {
				if (ordinal - shape.start >= shape.partition) expect(pod.revision).toBe(model.update);
			}
		}),
		{ numRuns: 300 },
	);
});

test("two ended pods that a scale-down of OrderedReady takes stay, as in Kubernetes, until someone deletes the lower", () => {
	const model = new Model({ parallel: false, replicas: 2, start: 0, partition: 0 });
	model.settle();
	for (const pod of model.pods.values()) pod.state = "failed";
	model.scale(0);
	model.settle();
	expect([...model.pods.keys()]).toEqual([0, 1]);
	model.pods.delete(0);
	model.settle();
	expect(model.pods.size).toBe(0);
});

test("OrderedReady never has two pods down by its own doing, and keeps the order", () => {
	fc.assert(
		fc.property(shapes, happenings, (shape, events) => {
			const model = new Model({ ...shape, parallel: false });
			for (const event of events) {
				happen(model, event);
				const down = model.down();
				const actions = model.round();
				expect(actions.filter((action) => action.do === "create-pod").length).toBeLessThanOrEqual(1);
				for (const action of actions) {
					if (action.do === "create-pod") expect(down[0]).toBe(action.ordinal);
					if (action.do !== "delete-pod") continue;
					const ordinal = ordinalOf(model.set, action.pod) ?? -1;
					if (action.why === "update") {
						expect(down).toEqual([]);
						const above = [...model.pods].filter(([other]) => other > ordinal);
						expect(above.every(([, pod]) => pod.revision === model.update && pod.state === "ready")).toBe(true);
					}
					if (action.why === "scale-down") {
						expect(down).toEqual([]);
						expect(ordinal).toBe(Math.max(...model.pods.keys()));
					}
				}
			}
		}),
		{ numRuns: 500 },
	);
});

test("an update under OrderedReady or Parallel ends one pod at a time", () => {
	fc.assert(
		fc.property(shapes, fc.infiniteStream(fc.nat(9)), (shape, seeds) => {
			const model = new Model(shape);
			model.settle();
			model.update = "new";
			for (let index = 0; index < 90; index++) {
				model.round();
				expect(model.down().length).toBeLessThanOrEqual(1);
				const seed: number = seeds.next().value ?? 0;
				if (seed % 2 === 0) model.move(seed, false);
			}
		}),
		{ numRuns: 200 },
	);
});

test("the pod that an update ends counts as gone from the current revision in the same round", () => {
	const model = new Model({ parallel: false, replicas: 3, start: 0, partition: 0 });
	model.settle();
	model.update = "new";
	expect(model.round()).toMatchObject([{ do: "delete-pod", why: "update", pod: { metadata: { name: "web-2" } } }]);
	expect(model.set.status).toMatchObject({
		replicas: 3,
		currentReplicas: 2,
		currentRevision: "old",
		updateRevision: "new",
	});
});
