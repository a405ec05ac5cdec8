import type { ClusterView } from "../cluster/cluster-view.ts";
import type { RecordedHistory } from "../cluster/history.ts";
import type { SecurityView } from "../cluster/security-view.ts";
import type { HashesView, Seen, Surroundings } from "../cluster/surroundings.ts";
import type { SnapshotPlace } from "../etcd/snapshot/snapshot-place.ts";
import type { Goal } from "../scaling/goal.ts";
import type { Plan } from "../scaling/plan.ts";

export type CheckStatus = "pass" | "warn" | "fail" | "skip";

/** In the order in which they are told. */
export const CHECK_GROUPS = {
	request: "Size and quorum",
	etcd: "etcd",
	kubernetes: "Kubernetes",
	storage: "Storage",
	mayastor: "Mayastor",
} as const;

export type CheckGroup = keyof typeof CHECK_GROUPS;

/** What one check found. The id is stable; scripts may rely on it. */
export interface CheckResult {
	readonly id: string;
	readonly group: CheckGroup;
	readonly status: CheckStatus;
	/** what was seen, a line; of one that is skipped: why */
	readonly saw: string;
	/** why it matters; only where it warns or fails */
	readonly why?: string;
	/** what to do; only where it warns or fails */
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
	/** what earlier runs recorded of the cluster. @default nothing */
	readonly recorded?: RecordedHistory | undefined;
	/** what else there is to see; undefined: it was not looked at, and checks that need it are left out */
	readonly surroundings?: Surroundings | undefined;
	/** where the snapshot would go; undefined: none is taken */
	readonly snapshotPlace?: SnapshotPlace | undefined;
	/** etcd's own hash of each voter's keys, where nothing else of the surroundings was looked at. @default not compared */
	readonly hashes?: Seen<HashesView> | undefined;
	/** how the goal would be reached. @default not planned: only the present is judged */
	readonly planned?: Plan | undefined;
}

/** What a check is about whatever it finds; docs/checks.md is made of these. */
export interface CheckAbout {
	readonly id: string;
	readonly group: CheckGroup;
	/** what must hold for it to pass */
	readonly passes: string;
	/** why it matters, unless what was found has a reason of its own */
	readonly why: string;
	/** what to do, unless what was found tells better */
	readonly todo: string;
}

/** What was found, without what is always the same. */
export type Found = Pick<CheckResult, "status" | "saw" | "why" | "hint">;

/** Pure: looks at what was observed, and at nothing else. */
export interface Check {
	(input: CheckInput): CheckResult;
	readonly about: CheckAbout;
	/** false: it warns at most, and nothing is ever refused for it */
	readonly refuses: boolean;
}

export function check(about: CheckAbout, look: (input: CheckInput) => Found, refuses = true): Check {
	const { id, group } = about;
	const judge = (input: CheckInput): CheckResult => {
		const { status, saw, why = about.why, hint = about.todo } = look(input);
		const told = status === "warn" || status === "fail";
		return { id, group, status, saw, ...(told ? { why, hint } : {}) };
	};
	return Object.assign(judge, { about, refuses });
}

export type Advised = Found & { readonly status: Exclude<CheckStatus, "fail"> };

/** A check that warns at most. */
export const advice = (about: CheckAbout, look: (input: CheckInput) => Advised): Check => check(about, look, false);
