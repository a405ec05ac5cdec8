import { timeLimit } from "../time-limit.ts";
import { askControl } from "./control.ts";
import type { Fault } from "./fault.ts";
import { findUp } from "./find-lab.ts";

/**
 * What can be made to go wrong in a lab, and be put right again. Each acts on the real processes, network or disk, returns when
 * it is done, and says what it did, a line each. Pods are `namespace/name`, or a name that is in one namespace only.
 *
 * All throw LabError: LabNotFound, NotInLab (no such node, pod or container), InvalidOption, FaultFailed, MachineFailed.
 */
export interface LabFaults {
	/** Pulls a node's plug: its pods' processes die at once, and nobody is told. */
	stopNode(node: string): Promise<string[]>;
	/** Switches it on again, with its disk as it was: its pods come up again. */
	startNode(node: string): Promise<string[]>;
	/** Replaces it by one of the same name with an empty disk. It is on afterwards if it was before. */
	wipeNode(node: string): Promise<string[]>;
	/**
	 * Cuts pods off from everything, or with `from` from these pods alone, silently, on standing connections too. It
	 * holds for new pods of the same names as well, until {@link heal}.
	 */
	cut(pods: string[], options?: { from?: string[] }): Promise<string[]>;
	/** Makes each packet to and from these pods take `ms` longer; 0 undoes it. Holds as {@link cut} does. */
	slow(pods: string[], ms: number): Promise<string[]>;
	/** Undoes {@link cut} and {@link slow} for these pods. @default for all */
	heal(pods?: string[]): Promise<string[]>;
	/** Signals the main process of a container. @default SIGKILL, the pods' first one */
	kill(pods: string[], options?: { signal?: string; container?: string }): Promise<string[]>;
	/** Stops all processes of these pods (SIGSTOP). */
	freeze(pods: string[]): Promise<string[]>;
	/** Lets them go on (SIGCONT). */
	thaw(pods: string[]): Promise<string[]>;
	/**
	 * `database`: restarts a member with a database as large as its quota, so that it raises NOSPACE. `disk`: moves its volume to a file
	 * system without room, so that writing fails with ENOSPC. @default database, the pods' first container
	 */
	fill(pods: string[], options?: { what?: "database" | "disk"; container?: string }): Promise<string[]>;
	/** Undoes {@link fill}: room on the volume, database defragmented, alarms disarmed. */
	clear(pods: string[], options?: { container?: string }): Promise<string[]>;
}

/** A member that is filled is restarted, and a node that is wiped as well. */
const PATIENCE = 180_000;

/** The faults of a lab; it is looked for anew by each. @default the lab named "lab" */
export function labFaults(name?: string, { signal }: { signal?: AbortSignal } = {}): LabFaults {
	const cause = async (operation: string, fault: Fault): Promise<string[]> => {
		const { folder } = await findUp(name, operation);
		const limit = timeLimit(PATIENCE);
		const either = signal ? AbortSignal.any([signal, limit]) : limit;
		return askControl<string[]>(folder, "/ask", { kind: "fault", fault }, either);
	};
	return {
		stopNode: (node) => cause("switching a node off", { type: "stopNode", node }),
		startNode: (node) => cause("switching a node on", { type: "startNode", node }),
		wipeNode: (node) => cause("emptying a node's disk", { type: "wipeNode", node }),
		cut: (pods, { from = [] } = {}) => cause("cutting pods off", { type: "cut", pods, from }),
		slow: (pods, ms) => cause("slowing pods' network", { type: "slow", pods, ms }),
		heal: (pods = []) => cause("healing the network", { type: "heal", pods }),
		kill: (pods, { signal = "SIGKILL", ...options } = {}) =>
			cause("signalling pods", { type: "kill", pods, signal, ...options }),
		freeze: (pods) => cause("freezing pods", { type: "freeze", pods }),
		thaw: (pods) => cause("thawing pods", { type: "thaw", pods }),
		fill: (pods, { what = "database", ...options } = {}) =>
			cause("filling members", { type: "fill", pods, what, ...options }),
		clear: (pods, options = {}) => cause("clearing members", { type: "clear", pods, ...options }),
	};
}
