import type { ClusterView } from "../cluster/cluster-view.ts";
import type { SecurityView } from "../cluster/security-view.ts";
import type { Goal } from "../scaling/goal.ts";

export type CheckStatus = "pass" | "warn" | "fail" | "skip";

/** What one check found. The id is stable; scripts may rely on it. */
export interface CheckResult {
	readonly id: string;
	readonly group: "request" | "etcd" | "kubernetes";
	readonly status: CheckStatus;
	/** what was seen, a line */
	readonly saw: string;
	/** why it matters; absent where it passes */
	readonly why?: string;
	/** what to do; absent where it passes */
	readonly hint?: string;
}

export interface CheckInput {
	readonly view: ClusterView;
	readonly goal: Goal;
	readonly security: SecurityView;
	/** rights that the user lacks, as `verb resource` */
	readonly missingRights: readonly string[];
	/** sizes beyond {@link MOST_MEMBERS} are meant */
	readonly force: boolean;
}

/** Pure: looks at what was observed, and at nothing else. */
export type Check = (input: CheckInput) => CheckResult;
