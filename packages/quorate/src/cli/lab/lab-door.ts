import { type ErrorDetails, QuorateError } from "../../errors.ts";

/** What the command uses of the package "quorate-lab", which is not part of this one: installed beside it or not at all. */
export interface LabDoor {
	upLab(options: LabUpOptions, running: LabRunning): Promise<LabInfo>;
	downLab(name?: string, running?: LabRunning): Promise<void>;
	statusLab(name?: string): Promise<LabStatus>;
	listLabs(): Promise<LabInfo[]>;
	labKubeconfig(name?: string): Promise<string>;
	listEtcd(options?: { etcd?: string }): Promise<EtcdListing>;
	labFaults(name?: string): LabFaults;
}

/** Each says what it did, a line each. */
export interface LabFaults {
	stopNode(node: string): Promise<string[]>;
	startNode(node: string): Promise<string[]>;
	wipeNode(node: string): Promise<string[]>;
	cut(pods: string[], options?: { from?: string[] }): Promise<string[]>;
	slow(pods: string[], ms: number): Promise<string[]>;
	heal(pods?: string[]): Promise<string[]>;
	kill(pods: string[], options?: { signal?: string; container?: string }): Promise<string[]>;
	freeze(pods: string[]): Promise<string[]>;
	thaw(pods: string[]): Promise<string[]>;
	fill(pods: string[], options?: { what?: "database" | "disk"; container?: string }): Promise<string[]>;
	clear(pods: string[], options?: { container?: string }): Promise<string[]>;
}

export interface LabUpOptions {
	name?: string;
	members?: number;
	nodes?: number;
	etcdVersion?: string;
	image?: string;
	realProbes?: boolean;
	crosswiseVolumes?: boolean;
	stopHook?: boolean;
	etcd?: string;
	volumes?: number;
	empty?: boolean;
	snapshot?: string;
	tls?: boolean;
	clientCertAuth?: boolean;
	tlsNames?: "wildcard" | "exact";
	auth?: boolean;
	port?: number;
	wait?: boolean;
	timeout?: number;
	offline?: boolean;
}

export interface LabRunning {
	signal?: AbortSignal;
	onProgress?: (progress: LabProgress) => void;
}

export type LabProgress =
	| { type: "step"; message: string }
	| { type: "download"; what: string; url: string; received: number; total: number | undefined };

export interface LabInfo {
	name: string;
	phase: string;
	since: string;
	port: number;
	kubeconfig: string;
	log: string;
	members: number;
	nodes: number;
	etcd: { version: string; folder: string };
}

export interface LabStatus extends LabInfo {
	memory?: { lab: number; etcd: number };
	machine?: {
		nodes: { name: string; ready: boolean }[];
		pods: {
			namespace: string;
			name: string;
			node: string | undefined;
			address: string | undefined;
			phase: string;
			ready: boolean;
			restarts: number;
		}[];
		/** what was made to go wrong, and still is, a line each */
		faults: string[];
	};
}

export interface EtcdListing {
	atHand: { version: string; source: string; folder: string }[];
	fetchable: { version: string; source: string; url?: string }[];
}

const PACKAGE: string = "quorate-lab";

const DOORS = ["upLab", "downLab", "statusLab", "listLabs", "labKubeconfig", "listEtcd", "labFaults"] as const;

/**
 * Loads the lab's package and does something with it; its failures become LabFailed.
 *
 * @throws {QuorateError} LabMissing, LabFailed
 */
export async function withLab<T>(operation: string, use: (lab: LabDoor) => Promise<T>, load = loadLab): Promise<T> {
	const lab = await load(operation);
	try {
		return await use(lab);
	} catch (error) {
		throw asQuorateError(error, operation);
	}
}

export async function loadLab(operation: string, name = PACKAGE): Promise<LabDoor> {
	let module: Partial<LabDoor>;
	try {
		module = (await import(name)) as Partial<LabDoor>;
	} catch (cause) {
		const missing =
			cause instanceof Error &&
			"code" in cause &&
			cause.code === "ERR_MODULE_NOT_FOUND" &&
			cause.message.includes(name);
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw labMissing(
			operation,
			missing ? `the package ${name} is not installed` : `the package ${name} cannot be loaded: ${reason}`,
			cause,
		);
	}
	const lacking = DOORS.filter((door) => typeof module[door] !== "function");
	if (lacking.length > 0)
		throw labMissing(operation, `the package ${name} is of another version: it has no ${lacking.join(", ")}`);
	return module as LabDoor;
}

function labMissing(operation: string, message: string, cause?: unknown): QuorateError {
	const hint =
		"install it beside quorate, in the same version: npm install quorate-lab (or npm install -g quorate-lab); any real cluster does as well";
	return new QuorateError("LabMissing", { operation, message, hint, cause });
}

/** A LabError of whatever copy of the package: known by its fields. Its own code is in no table of ours, and stays in the cause. */
function asQuorateError(error: unknown, operation: string): unknown {
	if (error instanceof QuorateError || !(error instanceof Error) || error.name !== "LabError") return error;
	const { operation: doing, state, hint } = error as Error & Partial<ErrorDetails>;
	return new QuorateError("LabFailed", {
		operation: doing ?? operation,
		message: error.message,
		...(state ? { state } : {}),
		...(hint ? { hint } : {}),
		cause: error,
	});
}
