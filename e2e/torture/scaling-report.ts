import type { Fault } from "./fault.ts";
import type { Done, Wiped } from "./injector.ts";
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
	/** seconds without quorum, since the image of the second of two added it again */
	readonly selfAdded?: number;
	/** a voter's disk is gone: it must be replaced first, and the run ends here */
	readonly broken?: { readonly pod: string; readonly since: number; readonly wiped: Wiped };
	/** ordinals whose volumes stay, as they hold the data of another cluster */
	readonly kept?: readonly number[];
	/** nothing was begun, as is right for such a cluster */
	readonly refused?: boolean;
	readonly problems: readonly string[];
}
