import type { ClusterView } from "../cluster/cluster-view.ts";
import { observe } from "../cluster/observe.ts";
import type { Emit, SavedAs } from "./events.ts";
import { asFailure, blockedError, throwIfStopped } from "./failures.ts";
import { nextStep } from "./next-step.ts";
import { patiently, rest, waitOut } from "./patiently.ts";
import type { PerformContext } from "./perform/context.ts";
import { keepGoal } from "./perform/keep-goal.ts";
import { perform } from "./perform/perform.ts";
import { plan } from "./plan.ts";
import type { Planned } from "./plan-changed.ts";
import type { Step } from "./step.ts";
import { StepClock } from "./step-clock.ts";
import { WaitClock } from "./wait-clock.ts";

export interface ReconcileOptions extends PerformContext {
	/** as seen by the checks, so that the first decision needs no second look */
	view: ClusterView;
	/** called with the plan before the first change; throws where that is not what was agreed to */
	approve: (now: Planned) => void;
	/** makes sure that this run may still change anything; throws where it may not */
	beforeChange: () => Promise<void>;
	emit: Emit;
}

export interface Reconciled {
	view: ClusterView;
	steps: { step: Step; seconds: number }[];
	snapshot: SavedAs | undefined;
}

/**
 * Observe, decide, perform, and again, until there is nothing left to do. Keeps nothing but what it tells.
 *
 * @returns the last view, and the steps that were done, in seconds
 * @throws {QuorateError} Stopped, TimedOut and Blocked once something was changed (resumable), Refused before
 */
export async function reconcile(options: ReconcileOptions): Promise<Reconciled> {
	const { goal, signal, emit } = options;
	const waits = new WaitClock(emit);
	const steps = new StepClock(emit);
	const look = () => observe(options.cluster, { signal, locked: true });
	let view: ClusterView | undefined;
	/** the plan was compared with the approved one, and the goal written down */
	let begun = false;
	let snapshot: SavedAs | undefined;
	try {
		for (;;) {
			throwIfStopped(signal);
			view = view === undefined ? options.view : await patiently(look, { set: view.statefulSet, waits, signal });
			snapshot = savedAs(view) ?? snapshot;
			if (view.statefulSet.uid !== options.view.statefulSet.uid) throw replaced(view);
			if (begun && view.statefulSet.followsTemplate) throw templateChanged(view);
			const decision = nextStep(view, goal);
			if (decision.kind === "wait") {
				await rest(waits.wait(decision.wait), signal);
				continue;
			}
			// one that etcd puts off is decided again and again, and begun once
			const again = decision.kind === "step" && steps.isUnderWay(decision.step);
			if (!again) waits.over();
			steps.settled(decision.kind === "blocked");
			if (decision.kind === "done") return { view, steps: steps.done, snapshot };
			if (decision.kind === "blocked") throw blockedError(decision.blocked, view);
			const { step } = decision;
			const planned = again ? undefined : plan(view, goal);
			if (planned && !begun) options.approve({ view, plan: planned });
			if (planned) steps.begin(step, planned.steps.length);
			try {
				await options.beforeChange();
				await keepGoal(options, view);
				begun = true;
				steps.performed(await perform(options, view, step));
				waits.over();
			} catch (error) {
				await waitOut(error, { set: view.statefulSet, waits, signal });
			}
		}
	} catch (error) {
		throw asFailure(error, signal, { view: view ?? options.view, goal, changed: steps.changed });
	}
}

function savedAs({ statefulSet, snapshotReadable: found }: ClusterView): SavedAs | undefined {
	const snapshot = statefulSet.record?.snapshot;
	return snapshot && { file: snapshot.file, revision: snapshot.revision, sha256: snapshot.sha256, found };
}

/** The plan was agreed to for another one; the note of the run went with that. */
const replaced = (view: ClusterView) =>
	blockedError(
		{
			reason: "StatefulSetDeleted",
			message: `StatefulSet ${view.statefulSet.name} was deleted and created again meanwhile`,
			hint: `see what is there now before anything else: quorate status sts/${view.statefulSet.name} -n ${view.statefulSet.namespace}`,
		},
		view,
	);

/** What is rolled out is what was agreed to; the next run plans with the template as it is now. */
const templateChanged = (view: ClusterView) =>
	blockedError(
		{
			reason: "TemplateChanged",
			message: `someone changed the pod template of ${view.statefulSet.name} during the roll-out`,
			hint: "the next run rolls out the template as it is then",
		},
		view,
	);
