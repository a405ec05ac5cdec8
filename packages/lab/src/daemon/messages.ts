import type { EtcdBinaries } from "../binaries/etcd-folder.ts";
import { LabError, type LabErrorCode } from "../lab-error.ts";
import type { Security } from "../mayastor/security.ts";
import type { Progress } from "../progress.ts";
import type { Fault } from "./fault.ts";

/** What a lab is made of; from `lab up` to the supervisor, and on to the machine. */
export interface LabConfig {
	name: string;
	/** the lab's folder, absolute */
	folder: string;
	/** on 127.0.0.1; 0: any that is free */
	port: number;
	members: number;
	/** how many */
	nodes: number;
	/** Mayastor's volumes in the keyspace; undefined: no keys at all */
	volumes: number | undefined;
	/** the members' volumes hold the data of a snapshot, each on a node of its own */
	restored: boolean;
	security: Security;
	/** what the members run */
	etcd: EtcdBinaries;
	/** the members' image; undefined: plain etcd of that version */
	image: string | undefined;
	/** probes wait for their initial delays and periods, as on a real cluster */
	realProbes: boolean;
	/** each volume is bound to another member's claim than its number says */
	crosswiseVolumes: boolean;
	/** a pod that ends takes its member out of the cluster */
	stopHook: boolean;
	/** where images of other versions come from: the folder that was named, and whether the network may be asked */
	otherEtcd: { etcd?: string; offline: boolean };
	/** the program */
	bubblewrap: string;
}

/** An error as it crosses from one process to another. */
export interface PlainError {
	code: LabErrorCode;
	operation: string;
	message: string;
	state?: string;
	hint?: string;
}

/** From the supervisor to `lab up`. */
export type SupervisorMessage =
	| { type: "started" }
	| { type: "progress"; progress: Progress }
	| { type: "serving" }
	| { type: "ready" }
	| { type: "failed"; error: PlainError };

/** From `lab up` to the supervisor, after the first: it does not wait any longer, and its end means nothing. */
export interface DetachMessage {
	type: "detach";
}

/** From the machine to the supervisor. */
export type MachineMessage =
	| { type: "progress"; progress: Progress }
	/** the API server answers */
	| { type: "serving" }
	/** the members are Ready and hold their keys */
	| { type: "ready" }
	| { type: "failed"; error: PlainError }
	| { type: "answer"; id: number; answer?: unknown; error?: PlainError }
	/** an image of that version is wanted; the machine itself has no way out */
	| { type: "findEtcd"; id: number; version: string; nearest: boolean };

/** From the supervisor to the machine. */
export type MachineCommand =
	| { type: "start"; config: LabConfig }
	| { type: "stop" }
	| { type: "ask"; id: number; question: MachineQuestion }
	| { type: "foundEtcd"; id: number; etcd: EtcdBinaries | undefined };

/** What can be asked of a running machine over the control socket. */
export type MachineQuestion = { kind: "status" } | { kind: "fault"; fault: Fault };

export interface NodeStatus {
	name: string;
	ready: boolean;
}

export interface PodStatus {
	namespace: string;
	name: string;
	/** undefined while it is not scheduled */
	node: string | undefined;
	address: string | undefined;
	phase: string;
	ready: boolean;
	restarts: number;
}

export interface MachineStatus {
	nodes: NodeStatus[];
	pods: PodStatus[];
	/** what was made to go wrong, and still is, a line each */
	faults: string[];
}

export function toPlain(error: unknown, operation: string): PlainError {
	if (error instanceof LabError) {
		const { code, message, state, hint } = error;
		return { code, operation: error.operation, message, ...(state ? { state } : {}), ...(hint ? { hint } : {}) };
	}
	const message = error instanceof Error ? error.message : String(error);
	return { code: "LabStartFailed", operation, message };
}

export function fromPlain({ code, ...details }: PlainError): LabError {
	return new LabError(code, details);
}
