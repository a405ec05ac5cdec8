import { type ClusterView, quorum, voters } from "../../cluster/cluster-view.ts";
import { describeUnfinished } from "../../scaling/describe-state.ts";
import { type Plan, type PlannedStep, restartsPod } from "../../scaling/plan.ts";
import { plural } from "./quantities.ts";
import { describeStep, type Sign } from "./step-words.ts";
import { padEnd, type Style, wrap, wrapProse } from "./style.ts";

const MEMBERS = "VOTERS  TOLERANCE";

export interface PlanTextOptions {
	/** the file, where it was named */
	snapshot?: string | undefined;
	/** a check fails, so that nothing of it will be done. @default false */
	refused?: boolean;
	/** the check that says already why the plan is refused. @default the plan says it */
	toldBy?: string | undefined;
}

/** A plan as terraform's: a line a change, what is new, changed and made anew told by its sign, and a summary. */
export function planText(plan: Plan, view: ClusterView, style: Style, options: PlanTextOptions = {}): string[] {
	const { snapshot, refused = false, toldBy } = options;
	const { statefulSet: set } = view;
	if (plan.steps.length === 0 && !plan.blocked)
		return [
			`Nothing to do: ${set.namespace}/${set.name} has ${plural(plan.to, "member")}${plan.rollsOut ? ", all on its newest template" : ""}, as wanted.`,
		];
	const number = String(plan.steps.length).length;
	const indent = number + 5;
	const columns = Math.max(30, Math.min(style.width, 110) - indent - MEMBERS.length - 2);
	const rows = plan.steps.flatMap((planned, index) => {
		const { sign, subject, words } = describeStep(planned.step, set, snapshot);
		const [first = "", ...rest] = wrap(`${subject}: ${words}`, columns);
		const head = `${String(index + 1).padStart(number + 1)}  ${paint(sign, style)} `;
		return [
			`${head}${padEnd(bolden(first, subject, style), columns)}  ${members(planned, plan, style)}`,
			...rest.map((line) => `${" ".repeat(indent)}${line}`),
		];
	});
	const title = `${"".padStart(indent)}${padEnd("CHANGE", columns)}  ${MEMBERS}`;
	return [
		style.bold(heading(plan, view, refused)),
		"",
		...(rows.length > 0 ? [style.dim(title), ...rows, ""] : []),
		...(plan.blocked ? blockedLines(plan, toldBy, style) : []),
		...(plan.blocked && plan.steps.length > 0 ? [""] : []),
		...summary(plan, view, style).map((line, index) => `${index === 0 ? style.bold("Plan:") : "     "} ${line}`),
	];
}

function heading(plan: Plan, view: ClusterView, refused: boolean): string {
	const { statefulSet: set } = view;
	const name = `${set.namespace}/${set.name}`;
	const to = plural(plan.to, "member");
	if (plan.takesBack)
		return `Quorate ${plan.blocked ? "cannot" : refused ? "would" : "will"} take back what is unfinished on ${name} (${describeUnfinished(view)}), to ${to} as before${refused ? ", once the checks above pass" : ""}:`;
	if (isRollout(plan)) {
		if (plan.blocked) return `Quorate cannot roll out ${name}:`;
		return `Quorate ${refused ? "would" : "will"} roll out ${name}, a pod at a time${refused ? ", once the checks above pass" : ""}:`;
	}
	// how many there are is unknown where the member list is
	const from = view.etcd.trouble === undefined ? ` from ${plan.from}` : "";
	if (plan.blocked)
		return `Quorate cannot scale ${name}${from} to ${to}${plan.steps.length > 0 ? "; it would get this far" : ""}:`;
	if (refused) return `Quorate would scale ${name}${from} to ${to}, once the checks above pass:`;
	if (set.record)
		return `Quorate will finish the scaling of ${name} that was begun with ${plan.from} members, to ${to}:`;
	return `Quorate will scale ${name} from ${plan.from} to ${to}:`;
}

/** What the signs and numbers of a plan mean. */
export function planLegend({ steps }: Plan, { dim, symbols }: Style): string[] {
	if (steps.length === 0) return [];
	const signs = `+ new   ~ changed   ${symbols.renew} recreated   - removed   = compared`;
	const learners = steps.some((step) => step.learners > 0);
	return [
		"",
		dim(signs),
		...(learners ? [dim("VOTERS 3+1: three voters and a learner   TOLERANCE: voters that may fail")] : []),
	];
}

/** Nobody comes or goes. */
export const isRollout = (plan: Pick<Plan, "from" | "to" | "rollsOut">): boolean =>
	plan.rollsOut && plan.from === plan.to;

function paint(sign: Sign, { green, yellow, red, cyan, symbols }: Style): string {
	if (sign === "+") return green(sign);
	if (sign === "-") return red(sign);
	return sign === "=" ? cyan(sign) : yellow(sign === "±" ? symbols.renew : sign);
}

function bolden(line: string, subject: string, { bold }: Style): string {
	return line.startsWith(subject) ? bold(subject) + line.slice(subject.length) : line;
}

function members({ voters, learners, tolerance }: PlannedStep, plan: Plan, style: Style): string {
	const count = `${voters}${learners > 0 ? `+${learners}` : ""}`.padStart("VOTERS".length);
	const left = String(tolerance).padStart("TOLERANCE".length);
	return `${count}  ${tolerance < plan.toleranceBefore ? style.yellow(left) : left}`;
}

function blockedLines({ blocked }: Plan, toldBy: string | undefined, style: Style): string[] {
	if (!blocked) return [];
	if (toldBy !== undefined) return [`${style.red(style.symbols.fail)} refused: ${toldBy} (see above)`];
	const columns = Math.min(style.width, 100) - 4;
	return [
		...wrap(blocked.message, columns).map((line, index) =>
			index === 0 ? `${style.red(style.symbols.fail)} ${line}` : `${" ".repeat(style.symbols.fail.length + 1)}${line}`,
		),
		...wrapProse(`${style.symbols.arrow} ${blocked.hint}`, columns).map((line) => `    ${style.dim(line)}`),
	];
}

/** Restarts of pods that were there before: each is one that a client may notice. */
export function restartsOfPresentPods(plan: Plan, { statefulSet }: ClusterView): number {
	return plan.steps.filter(({ step }) => restartsPod(step) && step.ordinal - statefulSet.firstOrdinal < plan.from)
		.length;
}

/** The change of size. Of what is taken back: from how many there are now, `3+1` for three voters and a learner. */
function sizes({ takesBack, from, to }: Plan, view: ClusterView, arrow: string): string {
	const now = voters(view).length;
	const learners = view.etcd.members.length - now;
	if (takesBack && now === to && learners === 0) return `${plural(to, "member")} as before`;
	return `${takesBack ? `${now}${learners > 0 ? `+${learners}` : ""}` : from} ${arrow} ${plural(to, "member")}`;
}

function summary(plan: Plan, view: ClusterView, { symbols }: Style): string[] {
	if (plan.steps.length === 0) return [];
	const volumes = plan.steps.filter(({ step }) => step.kind === "create-volume").length;
	const last = plan.steps.at(-1);
	const change = (before: number, after: number) =>
		before === after ? String(before) : `${before} ${symbols.arrow} ${after}`;
	const present = restartsOfPresentPods(plan, view);
	const votersNow = voters(view).length;
	const reached = last?.voters ?? votersNow;
	const deleted = plan.steps.filter(({ step }) => step.kind === "delete-volume").length;
	const count = [
		plural(plan.steps.length, "step"),
		...(volumes > 0 ? [`${plural(volumes, "volume")} to create`] : []),
		...(deleted > 0 ? [`${plural(deleted, "volume")} to delete`] : []),
	].join(", ");
	return [
		plan.blocked
			? `refused; it would stop ${isRollout(plan) ? "" : `at ${reached} of ${plural(plan.to, "member")}, `}after ${count}`
			: isRollout(plan)
				? `${plural(plan.to, "member")}, ${count}`
				: `${sizes(plan, view, symbols.arrow)}, ${count}`,
		`quorum ${change(quorum(votersNow), last?.quorum ?? quorum(votersNow))}, tolerance ${change(plan.toleranceBefore, last?.tolerance ?? plan.toleranceBefore)}, never below ${plan.toleranceLowest}`,
		`restarts of present pods: ${present}, of new pods: ${plan.restarts - present}`,
	];
}
