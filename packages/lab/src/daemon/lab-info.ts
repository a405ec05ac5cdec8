import type { LabMemory } from "./memory.ts";
import type { MachineStatus } from "./messages.ts";

/** `dead`: its processes are gone, its folder is still there; `quorate lab down` clears it. */
export type LabPhase = "starting" | "up" | "stopping" | "failed" | "dead";

/** What a lab is, as it was written down when it came up. */
export interface LabInfo {
	name: string;
	phase: LabPhase;
	/** ISO 8601 */
	since: string;
	/** of the API server, on 127.0.0.1 */
	port: number;
	/** the file, readable by its owner alone */
	kubeconfig: string;
	/** the file that the lab's daemon writes */
	log: string;
	/** how many it began with */
	members: number;
	/** how many */
	nodes: number;
	etcd: { version: string; folder: string };
}

/** …and what it does now. */
export interface LabStatus extends LabInfo {
	/** undefined where the lab is not up */
	memory?: LabMemory;
	/** undefined where the lab is not up, or does not answer */
	machine?: MachineStatus;
}
