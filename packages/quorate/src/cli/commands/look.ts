import type { CheckResult } from "../../checks/index.ts";
import type { ClusterView } from "../../cluster/cluster-view.ts";
import type { Cluster } from "../../cluster-session.ts";
import { QuorateError } from "../../errors.ts";
import type { Plan } from "../../scaling/plan.ts";
import { type CommandContext, isStructured } from "../command-context.ts";
import { parseReplicas } from "../options/replicas.ts";
import { parseScaleOptions, type ScaleFlags } from "../options/scale-options.ts";
import { checksText } from "../render/checks-text.ts";
import { planText } from "../render/plan-text.ts";
import { sayOnce, toldBy } from "../render/say-once.ts";
import type { Style } from "../render/style.ts";
import type { Complete } from "./open.ts";

export interface Looked {
	readonly view: ClusterView;
	readonly checks: readonly CheckResult[];
	readonly plan: Plan;
}

/** Checks and plan, for the command to show before anything is done. */
export async function look(
	context: CommandContext,
	cluster: Cluster,
	flags: ScaleFlags,
	complete: Complete,
): Promise<Looked> {
	const expected =
		flags.currentReplicas === undefined ? undefined : parseReplicas(flags.currentReplicas, "--current-replicas");
	const onPatience = (why: string) => context.terminal.stderr.write(`${why}: looking again, for at most 5 s\n`);
	const looked = completed(await cluster.plan(parseScaleOptions(flags), { onPatience }), complete);
	const { replicas, name } = looked.view.statefulSet;
	if (expected === undefined || expected === replicas) return looked;
	throw new QuorateError("Refused", {
		operation: `comparing the replicas of ${name} with --current-replicas`,
		message: `expected replicas to be ${expected}, was ${replicas}`,
		state: "nothing was changed",
		hint: `look again: quorate status sts/${name} -n ${cluster.namespace}`,
	});
}

function completed({ view, checks, plan }: Looked, complete: Complete): Looked {
	const blocked = plan.blocked && { ...plan.blocked, hint: complete(plan.blocked.hint) };
	return { view, checks: checks.map((check) => withHint(check, complete)), plan: { ...plan, blocked } };
}

export const withHint = (check: CheckResult, complete: Complete): CheckResult =>
	check.hint === undefined ? check : { ...check, hint: complete(check.hint) };

export function lookedText(
	{ view, checks, plan }: Looked,
	flags: ScaleFlags,
	context: CommandContext,
	style: Style,
): string[] {
	return [
		...checksText(sayOnce(checks), style, { all: context.globals.output === "wide" }),
		"",
		...planText(plan, view, style, {
			snapshot: flags.snapshot,
			refused: checks.some(({ status }) => status === "fail"),
			toldBy: plan.blocked && toldBy(checks, plan.blocked.message),
		}),
	];
}

/** Whether who reads the error has just read the checks and the plan, too. */
export const isShown = (context: CommandContext): boolean => !isStructured(context) && context.terminal.together;

/**
 * Why it must not be done, if so.
 *
 * @param shown the reasons and hints are right above it: it names them only
 */
export function refusal({ view, checks, plan }: Looked, shown: boolean): QuorateError | undefined {
	const failed = checks.filter(({ status }) => status === "fail");
	const { name, record } = view.statefulSet;
	const state = record ? "nothing was changed now; an earlier run is unfinished" : "nothing was changed";
	const operation = `checking whether ${name} can be scaled`;
	const hint = failed.find((check) => check.hint)?.hint;
	const seen = (reasons: string) =>
		new QuorateError("Refused", { operation, message: `refused: ${reasons} (see above)`, state });
	if (failed.length > 0 && shown) return seen(failed.map(({ id }) => id).join(", "));
	if (failed.length > 0)
		return new QuorateError("Refused", {
			operation,
			message: failed.map(({ id, saw }) => `${saw} [${id}]`).join("; "),
			state,
			...(hint ? { hint } : {}),
		});
	if (!plan.blocked) return undefined;
	const { message, reason, hint: way } = plan.blocked;
	if (shown) return seen(reason);
	return new QuorateError("Refused", { operation, message: `${message} (${reason})`, state, hint: way });
}
