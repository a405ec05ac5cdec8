import type { EtcdListing, LabInfo, LabStatus } from "../lab/lab-door.ts";
import { formatAge, formatBytes, formatDuration, plural } from "./quantities.ts";
import { padEnd, type Style, wrap } from "./style.ts";
import { table, tables } from "./table.ts";

const named = (name: string): string => (name === "lab" ? "" : ` --name ${name}`);

/** What `lab up` ends with: how to use what is up. */
export function labUpText(lab: LabInfo, command: string, milliseconds: number, style: Style): string[] {
	const { green, bold, symbols, dim } = style;
	const name = named(lab.name);
	const tips: [string, string][] = [
		[`export KUBECONFIG=$(${command} lab kubeconfig${name})`, "use it, with kubectl too"],
		[`${command} status -n mayastor`, "show the etcd cluster in it"],
		[`${command} scale sts/mayastor-etcd -n mayastor --replicas ${lab.members < 5 ? 5 : lab.members + 2}`, "scale it"],
		[`${command} lab down${name}`, "stop it; nothing is left behind"],
	];
	const width = Math.max(...tips.map(([tip]) => tip.length));
	const inline = width + 4 + Math.max(...tips.map(([, why]) => why.length)) <= style.width;
	return [
		"",
		`${green(symbols.pass)} ${bold(`Lab "${lab.name}" is ${lab.phase}`)}: etcd ${lab.etcd.version}, ${plural(lab.members, "member")} on ${plural(lab.nodes, "node")}, in ${formatDuration(milliseconds)}`,
		"",
		...tips.flatMap(([tip, why]) =>
			inline ? [`  ${padEnd(tip, width)}  ${dim(`# ${why}`)}`] : [`  ${dim(`# ${why}`)}`, `  ${tip}`],
		),
	];
}

export function labStatusText(lab: LabStatus, style: Style): string[] {
	const { machine, memory } = lab;
	const facts: [string, string][] = [
		["Lab", style.bold(lab.name)],
		["Phase", phase(lab.phase, style)],
		["Age", formatAge(lab.since)],
		["etcd", lab.etcd.version ? `${lab.etcd.version} (${lab.etcd.folder})` : "unknown"],
		["Server", lab.port > 0 ? `https://127.0.0.1:${lab.port}` : "none"],
		["Kubeconfig", lab.kubeconfig],
		["Log", lab.log],
		...(memory ? ([["Memory", memoryLine(memory)]] satisfies [string, string][]) : []),
		...(machine ? ([["Nodes", nodesLine(machine.nodes)]] satisfies [string, string][]) : []),
		...(machine?.faults ?? []).map((fault, index): [string, string] => [
			index === 0 ? "Faults" : "",
			style.yellow(fault),
		]),
	];
	const lines = facts.map(([title, text]) => padEnd(title && `${title}:`, 13) + text);
	if (!machine) return lines;
	const pods = tables(
		[
			{ title: "POD", cell: (pod: (typeof machine.pods)[number]) => `${pod.namespace}/${pod.name}` },
			{ title: "PHASE", cell: (pod) => pod.phase },
			{ title: "READY", cell: (pod) => (pod.ready ? "yes" : style.yellow("no")) },
			{ title: "RESTARTS", cell: (pod) => String(pod.restarts) },
			{ title: "NODE", cell: (pod) => pod.node ?? "-" },
			{ title: "ADDRESS", cell: (pod) => pod.address ?? "-" },
		],
		machine.pods,
		style.width,
	);
	return [...lines, ...pods.flatMap(([title = "", ...rows]) => ["", style.dim(title), ...rows])];
}

function phase(text: string, { green, red, yellow }: Style): string {
	return (text === "up" ? green : text === "dead" || text === "failed" ? red : yellow)(text);
}

const memoryLine = ({ lab, etcd }: NonNullable<LabStatus["memory"]>) =>
	`lab ${formatBytes(lab)}, etcd ${formatBytes(etcd)}`;

function nodesLine(nodes: readonly { name: string; ready: boolean }[]): string {
	const unready = nodes.filter((node) => !node.ready).map((node) => node.name);
	return `${nodes.length}, ${unready.length === 0 ? "all Ready" : `not Ready: ${unready.join(", ")}`}`;
}

export function labListText(labs: readonly LabInfo[], command: string, style: Style): string[] {
	if (labs.length === 0) return [`No lab is up. Start one with: ${command} lab up`];
	return table(
		[
			{ title: "NAME", cell: (lab: LabInfo) => lab.name },
			{ title: "PHASE", cell: (lab) => phase(lab.phase, style) },
			{ title: "ETCD", cell: (lab) => lab.etcd.version || "-" },
			{ title: "MEMBERS", cell: (lab) => String(lab.members) },
			{ title: "NODES", cell: (lab) => String(lab.nodes) },
			{ title: "PORT", cell: (lab) => String(lab.port) },
			{ title: "AGE", cell: (lab) => (lab.since ? formatAge(lab.since) : "-") },
		],
		labs,
	);
}

/** `wide`: also where each would be fetched from. */
export function etcdVersionsText({ atHand, fetchable }: EtcdListing, style: Style, wide = false): string[] {
	const rows = [
		...atHand.map(({ version, source, folder }) => ({ version, source, where: folder })),
		...(wide
			? fetchable.map(({ version, source, url }) => ({ version, source, where: url ?? "not downloaded yet" }))
			: []),
	];
	const [title = "", ...lines] = table(
		[
			{ title: "ETCD", cell: (row: (typeof rows)[number]) => row.version },
			{ title: "SOURCE", cell: (row) => row.source },
			{ title: "WHERE", cell: (row) => row.where },
		],
		rows,
	);
	const versions = [...new Set(fetchable.map(({ version }) => version))];
	return [
		...(rows.length === 0 ? ["No etcd is available."] : [style.dim(title), ...lines]),
		...(wide || versions.length === 0
			? []
			: ["", ...wrap(`Available for download: ${versions.join(", ")}`, Math.min(style.width, 100))]),
	];
}
