import type { Fault } from "./fault.ts";
import type { Done } from "./injector.ts";
import type { Scaling } from "./schedule.ts";
import type { Ended } from "./tool.ts";

/** What became of one scaling of a schedule. */
export interface ScalingReport {
	readonly from: number;
	readonly to: number;
	readonly afterwards: Scaling["afterwards"];
	/** members that there must be now */
	readonly size: number;
	readonly ends: readonly Ended[];
	readonly faults: readonly Done[];
	/** faults whose moment never came */
	readonly unreached: readonly Fault[];
	/** the machine was too busy at times: what seemed down then counts for nothing */
	readonly starved: boolean;
	readonly problems: readonly string[];
}
