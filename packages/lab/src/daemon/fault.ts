import { constants } from "node:os";
import type { Api } from "../api/api.ts";
import { PODS } from "../api/resources.ts";
import { LabError } from "../lab-error.ts";
import type { Faults } from "../node/faults.ts";
import type { StoredPod } from "../node/pod.ts";

/** One thing that shall go wrong, or be put right. Pods are `namespace/name`, or a name that is in one namespace only. */
export type Fault =
	| { type: "stopNode" | "startNode" | "wipeNode"; node: string }
	/** from everything, or from these */
	| { type: "cut"; pods: string[]; from: string[] }
	/** none: everybody */
	| { type: "heal"; pods: string[] }
	| { type: "slow"; pods: string[]; ms: number }
	| { type: "freeze" | "thaw"; pods: string[] }
	| { type: "kill"; pods: string[]; signal: string; container?: string }
	| { type: "fill"; pods: string[]; what: "database" | "disk"; container?: string }
	| { type: "clear"; pods: string[]; container?: string };

/** An hour's delay would be a cut. */
const LONGEST_DELAY = 60_000;

/** Does it, and says what was done, a line each. Throws LabError InvalidOption, NotInLab, FaultFailed, MachineFailed. */
export async function bringAbout(fault: Fault, api: Api, faults: Faults): Promise<string[]> {
	const all = api.list<StoredPod>(PODS);
	switch (fault.type) {
		case "stopNode":
			return faults.stopNode(fault.node);
		case "startNode":
			return faults.startNode(fault.node);
		case "wipeNode":
			return faults.wipeNode(fault.node);
		case "cut":
			return cut(findPods(fault.pods, all), findPods(fault.from, all), faults);
		case "heal":
			return heal(fault.pods, all, faults);
		case "slow": {
			const { ms } = fault;
			if (!Number.isInteger(ms) || ms < 0 || ms > LONGEST_DELAY)
				throw invalid(`a delay is a whole number of milliseconds from 0 to ${LONGEST_DELAY}, not ${ms}`);
			return each(findPods(fault.pods, all), (pod) => faults.slow(pod, ms));
		}
		case "freeze":
		case "thaw":
			return each(findPods(fault.pods, all), (pod) => faults.freeze(pod, fault.type === "freeze"));
		case "kill": {
			const signal = parseSignal(fault.signal);
			return each(findPods(fault.pods, all), (pod) => faults.kill(pod, signal, fault.container));
		}
		case "fill":
			return each(findPods(fault.pods, all), (pod) => faults.fill(pod, fault.what, fault.container));
		case "clear":
			return each(findPods(fault.pods, all), (pod) => faults.clear(pod, fault.container));
	}
}

async function cut(pods: StoredPod[], from: StoredPod[], faults: Faults): Promise<string[]> {
	if (from.length === 0) return each(pods, (pod) => faults.cut(pod));
	const both = pods.find((pod) => from.includes(pod));
	if (both) throw invalid(`${label(both)} is on both sides`);
	return each(pods, (pod) => each(from, (other) => faults.part(pod, other)));
}

/** Who is not well may be no pod any more. */
async function heal(names: string[], all: StoredPod[], faults: Faults): Promise<string[]> {
	if (names.length === 0) return faults.heal();
	const owners = [...new Set([...faults.unwell(), ...all.map(label)])];
	return each(
		names.map((name) => findOne(name, owners)),
		(owner) => faults.heal(owner),
	);
}

/** One after the other, so that what was done is told in order. */
async function each<T>(items: T[], action: (item: T) => Promise<string[]>): Promise<string[]> {
	const done: string[] = [];
	for (const item of items) {
		try {
			done.push(...(await action(item)));
		} catch (error) {
			if (!(error instanceof LabError) || done.length === 0) throw error;
			const { code, operation, message, state, hint, cause } = error;
			const before = `before that: ${done.join("; ")}`;
			throw new LabError(code, {
				operation,
				message,
				state: state ? `${state}; ${before}` : before,
				...(hint ? { hint } : {}),
				cause,
			});
		}
	}
	return done;
}

const label = ({ metadata }: StoredPod): string => `${metadata.namespace}/${metadata.name}`;

function findPods(names: string[], all: StoredPod[]): StoredPod[] {
	const byLabel = new Map(all.map((pod) => [label(pod), pod]));
	const found = names.map((name) => byLabel.get(findOne(name, [...byLabel.keys()])));
	return [...new Set(found)].filter((pod) => pod !== undefined);
}

/** The one of `labels` (`namespace/name`) that is meant by a name with or without a namespace. */
export function findOne(name: string, labels: string[]): string {
	const plain = name.replace(/^pods?\//, "");
	const meant = labels.filter((one) => one === plain || one.endsWith(`/${plain}`));
	const [found] = meant;
	if (found && meant.length === 1) return found;
	if (found) throw invalid(`${plain} is in several namespaces`, `say which: ${meant.sort().join(", ")}`);
	throw new LabError("NotInLab", {
		operation: "looking for a pod",
		message: `no pod ${plain}`,
		state: "nothing was changed",
		hint: labels.length > 0 ? `the lab has ${[...labels].sort().join(", ")}` : "the lab has no pods",
	});
}

/** `KILL`, `SIGKILL` or `9`, in any case. */
export function parseSignal(text: string): NodeJS.Signals {
	const upper = text.toUpperCase();
	const known = Object.entries(constants.signals) as [NodeJS.Signals, number][];
	const found = known.find(([name, number]) => name === upper || name === `SIG${upper}` || String(number) === text);
	if (found) return found[0];
	throw invalid(`unknown signal ${JSON.stringify(text)}`, "such as KILL, TERM, STOP, CONT, QUIT or a number");
}

function invalid(message: string, hint?: string): LabError {
	const operation = "reading what shall go wrong";
	return new LabError("InvalidOption", {
		operation,
		message,
		state: "nothing was changed",
		...(hint ? { hint } : {}),
	});
}
