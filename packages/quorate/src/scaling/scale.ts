import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { anySignal } from "../any-signal.ts";
import type { CheckResult } from "../checks/check.ts";
import { runChecks } from "../checks/index.ts";
import { missingRights } from "../checks/needed-rights.ts";
import { type ClusterView, isElecting, silentPods, voters } from "../cluster/cluster-view.ts";
import { type ClusterAccess, observe } from "../cluster/observe.ts";
import { observeSecurity } from "../cluster/observe-security.ts";
import { hashesBefore, observeSurroundings } from "../cluster/observe-surroundings.ts";
import { QuorateError } from "../errors.ts";
import { type SnapshotPlace, seeSnapshotPlace } from "../etcd/snapshot/snapshot-place.ts";
import { acquireLock, clearDeadLock } from "../kubernetes/lock.ts";
import type { Proof } from "../proof/proof.ts";
import { describeState } from "./describe-state.ts";
import { EventQueue } from "./event-queue.ts";
import type { Emit, ScaleEvent } from "./events.ts";
import { asFailure, blockedError, isAbort, stopped } from "./failures.ts";
import type { Goal } from "./goal.ts";
import { goalFor } from "./intent.ts";
import { type ScaleOptions, validateReplicas } from "./options.ts";
import { patiently } from "./patiently.ts";
import { plan } from "./plan.ts";
import { type Planned, throwIfChanged, withPlannedNodes } from "./plan-changed.ts";
import { reconcile } from "./reconcile.ts";
import { scaleResult } from "./scale-result.ts";
import { WaitClock } from "./wait-clock.ts";

export interface Looked {
	readonly view: ClusterView;
	readonly goal: Goal;
	readonly checks: readonly CheckResult[];
}

/** Milliseconds; an election takes one or two seconds, a first connection to a member on a busy node as much. */
const PATIENCE = 5000;

/**
 * Looks at the cluster and at all that speaks against the goal; where members are choosing a leader, or one does not answer, again for a
 * while. Writes nothing.
 *
 * @param onPatience told once why, where that is so
 */
export async function look(
	cluster: ClusterAccess,
	options: ScaleOptions,
	signal?: AbortSignal,
	onPatience: (why: string) => void = () => {},
): Promise<Looked> {
	validateReplicas(options.replicas);
	const run = { signal: anySignal(signal) };
	const [view, rights] = await Promise.all([observeSettled(cluster, run, onPatience), missingRights(cluster, run)]);
	const goal = goalFor(options, view);
	const changes = goal.rollOut !== undefined || goal.replicas !== voters(view).length;
	const [security, recorded, snapshotPlace, hashes] = await Promise.all([
		observeSecurity(cluster, view, goal.replicas, run),
		cluster.histories?.read(view.statefulSet),
		snapshotPlaceOf(cluster, options, goal),
		changes ? hashesBefore(cluster, view, run) : undefined,
	]);
	const force = goal.force === true;
	const input = { view, goal, security, missingRights: rights, force, recorded, snapshotPlace, hashes };
	return { view, goal, checks: runChecks(input) };
}

async function observeSettled(
	cluster: ClusterAccess,
	run: { signal: AbortSignal },
	onPatience: (why: string) => void,
): Promise<ClusterView> {
	let view = await observe(cluster, run);
	let why = unsettled(view);
	if (why) onPatience(why);
	for (const began = performance.now(); why && performance.now() - began < PATIENCE; why = unsettled(view)) {
		await sleep(500, undefined, run);
		view = await observe(cluster, run);
	}
	return view;
}

/** What may be over in a moment, and is not to be refused for before. */
function unsettled(view: ClusterView): string | undefined {
	if (view.etcd.sides) return "members do not agree at the moment";
	if (isElecting(view)) return "there is no leader at the moment";
	const silent = silentPods(view);
	return silent.length > 0 ? `no answer from ${silent.join(", ")} yet` : undefined;
}

/**
 * As {@link look}, and at all else there is to see. Goes on without what this user may not read. Writes nothing.
 *
 * @param options without `replicas` the cluster is judged as it is
 */
export async function inspect(
	cluster: ClusterAccess,
	options: Partial<ScaleOptions>,
	signal?: AbortSignal,
): Promise<Looked> {
	const { replicas } = options;
	if (replicas !== undefined) validateReplicas(replicas);
	const run = { signal: anySignal(signal) };
	const [view, rights] = await Promise.all([observe(cluster, { ...run, lenient: true }), missingRights(cluster, run)]);
	const now = voters(view).length;
	const goal = replicas === undefined ? { replicas: now, snapshot: true } : goalFor({ ...options, replicas }, view);
	const [security, surroundings, recorded, snapshotPlace] = await Promise.all([
		observeSecurity(cluster, view, goal.replicas, run),
		observeSurroundings(cluster, view, run),
		cluster.histories?.read(view.statefulSet),
		replicas === undefined ? undefined : snapshotPlaceOf(cluster, options, goal),
	]);
	const known = !view.etcd.trouble && !view.unread;
	const planned = replicas !== undefined && known ? plan(view, goal) : undefined;
	const force = options.force ?? replicas === undefined;
	const input = { view, goal, security, missingRights: rights, force, surroundings, planned, recorded, snapshotPlace };
	return { view, goal, checks: runChecks(input) };
}

/**
 * Brings the cluster to the wanted size and tells each event on the way; the last one is "finished". Leaving the loop early
 * stops the run between two changes.
 *
 * @param run.approved what was agreed to: nothing is done that is worse. @default the plan that the run itself tells of
 * @throws {QuorateError} see docs/errors.md; its `state` says where things stand
 */
export function scale(
	cluster: ClusterAccess,
	options: ScaleOptions,
	{ signal, approved }: { signal?: AbortSignal | undefined; approved?: Planned | undefined } = {},
): AsyncIterable<ScaleEvent> {
	validateReplicas(options.replicas);
	const queue = new EventQueue<ScaleEvent>();
	const stop = new AbortController();
	const ended = anySignal(stop.signal, signal);
	const timer =
		options.timeoutMs === undefined ? undefined : setTimeout(() => stop.abort(timedOut(options)), options.timeoutMs);
	run(cluster, options, ended, queue, approved)
		.then(
			() => queue.end(),
			(error: unknown) => queue.fail(error),
		)
		.finally(() => clearTimeout(timer));
	return queue.iterate(() => stop.abort());
}

async function run(
	cluster: ClusterAccess,
	options: ScaleOptions,
	signal: AbortSignal,
	queue: EventQueue<ScaleEvent>,
	approved?: Planned,
): Promise<void> {
	const began = performance.now();
	const emit: Emit = (event) => queue.push({ ...event, at: performance.now() - began } as ScaleEvent);
	const looked = await look(cluster, options, signal).catch((error: unknown) => {
		throw signal.aborted && isAbort(error) ? stopped(signal) : error;
	});
	emit({ type: "checked", checks: looked.checks });
	throwIfRefused(looked);
	const planned = plan(looked.view, looked.goal);
	emit({ type: "planned", plan: planned });
	// what cannot be brought to its end is not begun
	if (planned.blocked)
		throw asFailure(blockedError(planned.blocked, looked.view), signal, { ...looked, changed: false });
	const agreed = approved ?? { view: looked.view, plan: planned };
	const goal = withPlannedNodes(looked.goal, agreed.plan);
	let proof: Proof | undefined;
	let end: Awaited<ReturnType<typeof reconcile>> = { view: looked.view, steps: [], snapshot: undefined };
	if (planned.steps.length > 0) {
		const lock = await acquireLock(
			cluster.client,
			{
				namespace: cluster.namespace,
				name: cluster.name,
				describe: `scaling ${cluster.name} from ${planned.from} to ${planned.to} members`,
			},
			{ signal },
		);
		const alive = anySignal(signal, lock.lost);
		try {
			end = await reconcile({
				cluster,
				goal,
				// another run may have ended just before the lock was had
				view: await observe(cluster, { signal: alive, locked: true }),
				approve: (now) => throwIfChanged(agreed, now, goal),
				snapshotFile: snapshotFile(cluster, options, goal),
				saved: {},
				signal: alive,
				emit,
				beforeChange: () => lock.confirm(),
				onProgress: (what, progress) => emit({ type: "progress", what, ...progress }),
				onProof: (found) => {
					proof = found;
					emit({ type: "proved", proof: found });
				},
			});
		} catch (error) {
			// what is told is why it ended; a Lease that stays behind ends by itself
			await lock.release().catch(() => {});
			throw error;
		}
		await patiently(() => lock.release(), { set: cluster, waits: new WaitClock(emit), signal }).catch((error) => {
			throw stillLocked(error, lock.name);
		});
	} else await clearDeadLock(cluster.client, cluster, { signal });
	if (proof) {
		await cluster.histories?.write(looked.view.statefulSet, proof, options.rollOut ? "rollout" : "scale");
	}
	const seconds = (performance.now() - began) / 1000;
	emit({
		type: "finished",
		result: scaleResult(looked.view, planned.from, { ...end, goal, proof, seconds }),
	});
}

/** All is done; only the Lease could not be deleted. */
function stillLocked(error: unknown, lease: string): unknown {
	if (!(error instanceof QuorateError)) return error;
	const { code, operation, message, hint } = error;
	const state = `all that was asked for is done; Lease ${lease} is left, and nobody's once it has expired`;
	return new QuorateError(code, { operation, message, state, ...(hint ? { hint } : {}), cause: error });
}

function throwIfRefused({ view, checks }: Looked): void {
	const failed = checks.filter((check) => check.status === "fail");
	const [first] = failed;
	if (!first) return;
	throw new QuorateError("Refused", {
		operation: `checking whether ${view.statefulSet.name} can be scaled`,
		message: failed.map((check) => `${check.id}: ${check.saw}`).join("; "),
		state: view.statefulSet.record ? describeState(view) : "nothing was changed",
		...(first.hint ? { hint: first.hint } : {}),
	});
}

/** Undefined: none is taken. What is accepted is saved even where no other snapshot is. */
function snapshotFile(cluster: ClusterAccess, { snapshot }: Partial<ScaleOptions>, goal: Goal): string | undefined {
	if (!goal.snapshot && !goal.acceptHistory) {
		return undefined;
	}
	return snapshot === undefined || snapshot === "none" ? snapshotName(cluster) : snapshot;
}

async function snapshotPlaceOf(
	cluster: ClusterAccess,
	options: Partial<ScaleOptions>,
	goal: Goal,
): Promise<SnapshotPlace | undefined> {
	const file = snapshotFile(cluster, options, goal);
	return file === undefined ? undefined : seeSnapshotPlace(file);
}

function snapshotName(cluster: ClusterAccess): string {
	const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
	return join(process.cwd(), `${cluster.namespace}-${cluster.name}-${time}.db`);
}

function timedOut(options: ScaleOptions): QuorateError {
	return new QuorateError("TimedOut", {
		operation: "scaling",
		message: `not done within ${(options.timeoutMs ?? 0) / 1000} s; stopped between two changes`,
	});
}
