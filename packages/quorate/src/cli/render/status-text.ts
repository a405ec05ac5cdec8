import {
	type ClusterView,
	hasVote,
	type MemberView,
	type OutsidePod,
	podName,
	quorum,
	tolerance,
	voters,
} from "../../cluster/cluster-view.ts";
import { apartText } from "../../cluster/histories.ts";
import { membersElsewhere, ownersElsewhere } from "../../cluster/members-elsewhere.ts";
import { type Verdict, verdictOf } from "../../cluster/verdict.ts";
import { abortCommand, describeUnfinished, resumeCommand } from "../../scaling/describe-state.ts";
import { type MemberRow, memberHealth, memberRows, memberTrouble } from "./member-health.ts";
import { formatAge, formatBytes, hexId, plural } from "./quantities.ts";
import { padEnd, type Style, wrap } from "./style.ts";
import { type Column, tables } from "./table.ts";

export interface StatusTextOptions {
	/** also the members' URLs. @default false */
	wide?: boolean;
	/** completes commands. @default they are printed as they are */
	complete?: (text: string) => string;
	/** @default what the view alone tells */
	verdict?: Verdict | undefined;
	/** milliseconds since 1970. @default the clock's */
	now?: number;
}

/** The page that `quorate status` prints. */
export function statusText(view: ClusterView, style: Style, options: StatusTextOptions = {}): string[] {
	const rows = memberRows(view);
	const wide = options.wide ? Number.POSITIVE_INFINITY : style.width;
	const complete = options.complete ?? ((text) => text);
	return [
		...verdictLines("verdict" in options ? options.verdict : verdictOf(view), style, complete),
		...summaryLines(view, style, options.now),
		...wayOutLines(view, complete),
		"",
		...tables(columns(view, style, options.wide ?? false), rows, wide).flatMap((lines, index) => [
			...(index > 0 ? [""] : []),
			style.dim(lines[0] ?? ""),
			...lines.slice(1),
		]),
		...troubleLines(rows, view, style),
	];
}

/** What is wrong as a whole, and what to do about it, before all else. */
function verdictLines(verdict: Verdict | undefined, style: Style, complete: (text: string) => string): string[] {
	if (!verdict) return [];
	const lines = wrap(verdict.line, Math.min(style.width, 120)).map((line) => style.red(line));
	// a command is one line, so that it can be pasted
	return [...lines, ...verdict.next.map((command) => `  ${complete(command)}`), ""];
}

function summaryLines(view: ClusterView, style: Style, now?: number): string[] {
	const { statefulSet: set, etcd } = view;
	const found: [string, string][] = [
		["Cluster", style.bold(`${set.namespace}/${set.name}`)],
		["Cluster ID", etcd.clusterId === 0n ? "unknown" : hexId(etcd.clusterId)],
		["etcd", `${versionsOf(view).join(", ") || "of unknown version"}, image ${set.etcd.image}`],
		["Members", membersLine(view, style)],
		...spansLine(view),
		["Leader", leaderLine(view, style)],
		["Alarms", alarmsLine(view, style)],
		["Storage", storageLine(view)],
		["Managed by", set.managedBy ?? "none detected"],
		["Scaling", scalingLine(view, style, now)],
	];
	const width = Math.max(...found.map(([name]) => name.length)) + 3;
	return found.flatMap(([name, text]) => {
		const [first = "", ...rest] = wrap(text, Math.min(style.width, 120) - width);
		return [padEnd(`${name}:`, width) + first, ...rest.map((line) => " ".repeat(width) + line)];
	});
}

export const versionsOf = (view: ClusterView): string[] =>
	[...new Set(view.etcd.members.flatMap((member) => member.status?.version ?? []))].sort();

function membersLine(view: ClusterView, { green, yellow, red }: Style): string {
	const all = voters(view);
	const learners = view.etcd.members.filter(({ isLearner }) => isLearner);
	const besides = learners
		.map((learner) => `; ${nameOf(learner, view)} is a learner (${memberHealth(learner)})`)
		.join("");
	if (view.etcd.listedByOne)
		return `${plural(all.length, "voter")} by one member's list, ${red(`${all.filter(({ status }) => status).length} of them up`)}${besides}`;
	if (view.etcd.trouble !== undefined) return red("unknown");
	const left = tolerance(view);
	const well = all.filter(hasVote).length;
	const [whole, some] = view.etcd.alarms.length > 0 ? ["all up", "up"] : ["all healthy", "healthy"];
	const health = well === all.length ? green(whole) : red(`${well} of them ${some}`);
	// a quorum has answered, through members that cannot be asked one by one
	const least = view.etcd.leader === undefined ? red("quorum is lost") : yellow("not all could be asked");
	const spare = left < 0 ? least : left === 0 ? yellow("none may fail") : `${left} may fail`;
	return `${plural(all.length, "voter")}, ${health}; quorum ${quorum(all.length)}, tolerance ${Math.max(0, left)} (${spare})${besides}`;
}

/** A member that has never started has no name yet: its pod's is the one that it will have. */
const nameOf = ({ name, ordinal }: MemberView, { statefulSet }: ClusterView): string =>
	name || (ordinal === undefined ? "1" : podName(statefulSet, ordinal));

/** Only of a cluster of several StatefulSets. */
function spansLine(view: ClusterView): [string, string][] {
	const owners = ownersElsewhere(membersElsewhere(view));
	if (owners.length === 0) return [];
	const all = [`StatefulSet/${view.statefulSet.name}`, ...owners].join(", ");
	return [["Spans", `${all}; Quorate does not change such a cluster`]];
}

function leaderLine({ etcd }: ClusterView, { red }: Style): string {
	const leader = etcd.members.find((member) => member.id === etcd.leader);
	if (etcd.sides || (etcd.trouble !== undefined && !etcd.listedByOne)) return red("unknown");
	if (etcd.leader === undefined || !leader) return red("none");
	return `${leader.name || hexId(leader.id)}${leader.status ? ` (term ${leader.status.raftTerm})` : ""}`;
}

function alarmsLine({ etcd }: ClusterView, { red }: Style): string {
	if (etcd.trouble !== undefined) return red("unknown");
	if (etcd.alarms.length === 0) return "none";
	const name = (id: bigint) => etcd.members.find((member) => member.id === id)?.name || hexId(id);
	return red(etcd.alarms.map(({ memberId, type }) => `${type} on ${name(memberId)}`).join(", "));
}

function storageLine({ storage }: ClusterView): string {
	if (storage.length === 0) return "none: members lose their data with their pods";
	return storage
		.map(
			({ template, className, provisioner, request }) =>
				`${template} ${request}, class ${className || '""'} (${provisioner ?? "static volumes"})`,
		)
		.join("; ");
}

function scalingLine(view: ClusterView, { yellow }: Style, now?: number): string {
	const { record } = view.statefulSet;
	if (!record) return "none unfinished";
	return yellow(`${describeUnfinished(view)}; begun ${formatAge(record.startedAt, now)} ago`);
}

/** A line each and never wrapped: they are to be pasted. */
function wayOutLines(view: ClusterView, complete: (text: string) => string): string[] {
	if (!view.statefulSet.record) return [];
	const finish = complete(resumeCommand(view));
	const back = complete(abortCommand(view));
	return [`  finish it:    ${finish}`, ...(back === finish ? [] : [`  take it back: ${back}`])];
}

function columns(view: ClusterView, style: Style, wide: boolean): Column<MemberRow>[] {
	const dash = "-";
	const urls: Column<MemberRow>[] = [
		{ title: "PEER URLS", cell: ({ member }) => member?.peerURLs.join(",") || dash },
		{ title: "CLIENT URLS", cell: ({ member }) => member?.clientURLs.join(",") || dash },
	];
	return [
		{ title: "NAME", cell: ({ name }) => name },
		{ title: "ID", cell: ({ member }) => (member ? hexId(member.id) : dash) },
		{ title: "ROLE", cell: ({ member }) => role(member, view) },
		{ title: "STATUS", cell: ({ member }) => status(member, view, style) },
		{ title: "DB SIZE", cell: ({ member }) => (member?.status ? formatBytes(member.status.dbSize) : dash) },
		{ title: "RAFT INDEX", cell: ({ member }) => raftIndex(member) },
		{ title: "VERSION", cell: ({ member }) => member?.status?.version ?? dash },
		{ title: "POD", cell: podState },
		{ title: "RESTARTS", cell: ({ pod }) => String(pod?.restarts ?? dash) },
		{ title: "NODE", cell: ({ pod, member }) => pod?.node ?? member?.outside?.node ?? dash },
		{ title: "VOLUME", cell: ({ volumes }) => volumes.join(",") || dash },
		...(wide ? urls : []),
	];
}

function role(member: MemberRow["member"], view: ClusterView): string {
	if (!member) return view.etcd.trouble === undefined ? "none" : "unknown";
	if (view.etcd.trouble !== undefined && !view.etcd.listedByOne) return "unknown";
	return member.isLearner ? "learner" : member.id === view.etcd.leader ? "leader" : "voter";
}

function status(member: MemberRow["member"], { etcd }: ClusterView, { green, yellow, red }: Style): string {
	if (!member) return red(etcd.trouble === undefined ? "no member" : "unknown");
	if (etcd.sides) return red("divided");
	const health = memberHealth(member);
	return (health === "healthy" ? green : health === "behind" || health === "alarm" || member.isLearner ? yellow : red)(
		health,
	);
}

function raftIndex(member: MemberRow["member"]): string {
	if (!member?.status) return "-";
	const behind = member.lag !== undefined && member.lag > 0n ? ` (-${member.lag})` : "";
	return `${member.status.raftAppliedIndex}${behind}`;
}

function podState({ pod, member }: MemberRow): string {
	if (!pod) return member?.outside ? outsideState(member.outside) : "none";
	return pod.terminating ? "Terminating" : pod.ready ? "Ready" : pod.phase === "Running" ? "NotReady" : pod.phase;
}

/** "Ready (etcd-b)": whose pod it is. */
function outsideState({ running, ready, owner }: OutsidePod): string {
	const state = !running ? "NotRunning" : ready === undefined ? "Running" : ready ? "Ready" : "NotReady";
	return `${state} (${owner?.split("/").at(-1) ?? "no StatefulSet's"})`;
}

function noMember({ etcd }: ClusterView, name: string): string {
	if (etcd.trouble !== undefined) return "unknown: its etcd could not be asked";
	const apart = etcd.apart?.find(({ pod }) => pod === name);
	const own = apart ? `: it began a cluster of its own (${apartText(apart)})` : "";
	return `this pod is not a member of the cluster${own}`;
}

function troubleLines(rows: readonly MemberRow[], view: ClusterView, style: Style): string[] {
	const found = rows.flatMap(({ name, member, pod }) => {
		const trouble = member ? memberTrouble(member, pod) : (pod?.trouble ?? noMember(view, name));
		return trouble === undefined ? [] : [`${name}: ${trouble}`];
	});
	const without = view.statefulSet.replicas - view.pods.length;
	if (without > 0) found.push(`${plural(without, "pod")} of ${view.statefulSet.replicas} not made yet`);
	const indent = " ".repeat(style.symbols.warn.length + 1);
	const lines = found.flatMap((text) =>
		wrap(text, Math.min(style.width, 120) - indent.length).map((line, index) =>
			index === 0 ? `${style.yellow(style.symbols.warn)} ${line}` : indent + line,
		),
	);
	return lines.length > 0 ? ["", ...lines] : [];
}
