import type { Container, EnvVar, PodTemplateSpec } from "kubernetes-types/core/v1";
import { type EtcdContainer, setting } from "./etcd-container.ts";
import type { ScalingRecord } from "./scaling-record.ts";
import { readEtcdCommand } from "./start/etcd-command.ts";
import { Settings } from "./start/settings.ts";

/** A condition that nobody sets: a pod that waits for it is never Ready, so no Service sends it clients while it learns. */
export const VOTER_GATE = "quorate.io/voter";

const BITNAMI_ETCD = "/opt/bitnami/etcd/bin/etcd";

type InitialCluster = readonly { readonly name: string; readonly peerURLs: readonly string[] }[];

/**
 * The template from which a new member's pod joins as a learner: etcd executed directly, told that the cluster exists and
 * who is in it, never Ready, and not killed or taken out of the cluster by the original's probes and hooks.
 *
 * @param initialCluster every member's name and peer URLs, the new one's included
 * @throws {TypeError} where the image's start cannot be rewritten so
 */
export function joinTemplate(
	original: PodTemplateSpec,
	etcd: Pick<EtcdContainer, "name" | "family">,
	initialCluster: InitialCluster,
): PodTemplateSpec {
	const template = structuredClone(original);
	const spec = template.spec;
	const container = spec?.containers.find((c) => c.name === etcd.name);
	if (!spec || !container) throw new TypeError(`the template has no container ${etcd.name}`);
	delete container.readinessProbe;
	delete container.livenessProbe;
	delete container.startupProbe;
	delete container.lifecycle;
	spec.readinessGates = [
		...(spec.readinessGates ?? []).filter((gate) => gate.conditionType !== VOTER_GATE),
		{ conditionType: VOTER_GATE },
	];
	if (etcd.family === "bitnami") {
		container.command = [BITNAMI_ETCD];
		delete container.args;
	}
	tellMembers(container, initialCluster);
	return template;
}

/**
 * The template with these members named in it, and told that their cluster exists; nothing else of it changes. Members that have data
 * start as before.
 *
 * @throws {TypeError} where the container cannot be told so
 */
export function namingTemplate(
	original: PodTemplateSpec,
	etcd: Pick<EtcdContainer, "name">,
	initialCluster: InitialCluster,
): PodTemplateSpec {
	const template = structuredClone(original);
	const container = template.spec?.containers.find((c) => c.name === etcd.name);
	if (!container) throw new TypeError(`the template has no container ${etcd.name}`);
	tellMembers(container, initialCluster);
	return template;
}

const CLUSTER = "initial-cluster";
const STATE = "initial-cluster-state";

/** Each where it is told now: a flag that is there hides a variable of the same meaning. */
function tellMembers(container: Container, initialCluster: InitialCluster): void {
	const members = formatInitialCluster(initialCluster);
	// names and URLs are whatever the members say; the kubelet expands them, and a shell may read them
	if (/[^\w.:/=,[\]%~-]/.test(members))
		throw new TypeError(`the members' names or URLs cannot stand in a template: ${members}`);
	const command = readEtcdCommand(container);
	const cannot = `cannot tell how container ${container.name} would be told to join an existing cluster`;
	if (command.notUnderstood.length > 0) throw new TypeError(`${cannot}: ${command.notUnderstood.join("; ")}`);
	const given = new Set(command.flags.map(({ name }) => name));
	const newState = given.has(CLUSTER) && !given.has(STATE);
	if (given.has(STATE)) putFlag(container, STATE, { [STATE]: "existing" });
	if (given.has(CLUSTER))
		putFlag(container, CLUSTER, { [CLUSTER]: members, ...(newState ? { [STATE]: "existing" } : {}) });
	else container.env = withVariable(container.env ?? [], "ETCD_INITIAL_CLUSTER", members);
	if (!given.has(STATE) && !given.has(CLUSTER))
		container.env = withVariable(container.env ?? [], "ETCD_INITIAL_CLUSTER_STATE", "existing", "ETCD_INITIAL_CLUSTER");
	const settings = new Settings(container);
	const pod = settings.in({ name: "pod", namespace: "namespace" });
	if (settings.value(CLUSTER, pod) !== members || settings.value(STATE, pod) !== "existing")
		throw new TypeError(cannot);
}

/** `name=url` for every peer URL of every member, as `--initial-cluster` takes it. */
export function formatInitialCluster(members: InitialCluster): string {
	return members.flatMap((member) => member.peerURLs.map((url) => `${member.name}=${url}`)).join(",");
}

/** Does this template hold the join profile for exactly these members? */
export function isJoinTemplate(template: PodTemplateSpec, containerName: string): boolean {
	const container = template.spec?.containers.find((c) => c.name === containerName);
	return (
		container !== undefined &&
		setting(container, STATE) === "existing" &&
		(template.spec?.readinessGates ?? []).some((gate) => gate.conditionType === VOTER_GATE)
	);
}

/**
 * What the template holds while the run is unfinished, as long as nobody else changes it: as it was found, or the join profile of these members.
 *
 * @param current names the members that the profile was made for
 */
export function expectedTemplate(
	{ template, joining }: Pick<ScalingRecord, "template" | "joining">,
	current: PodTemplateSpec,
	etcd: Pick<EtcdContainer, "name" | "family">,
): PodTemplateSpec {
	if (joining === undefined || !isJoinTemplate(current, etcd.name)) return template;
	const container = current.spec?.containers.find(({ name }) => name === etcd.name);
	const named = (container && setting(container, CLUSTER)) || "";
	const initialCluster = named.split(",").map((member) => {
		const [name = "", ...url] = member.split("=");
		return { name, peerURLs: [url.join("=")] };
	});
	try {
		return joinTemplate(template, etcd, initialCluster);
	} catch {
		return template;
	}
}

/** In its place, so that whoever merges variables by name finds them in the order that they were in; a new one where Bitnami's charts have it. */
function withVariable(env: readonly EnvVar[], name: string, value: string, before?: string): EnvVar[] {
	const at = env.findIndex((one) => one.name === name);
	if (at >= 0) return env.flatMap((one, index) => (index === at ? [{ name, value }] : one.name === name ? [] : [one]));
	const place = env.findIndex((one) => one.name === before);
	return env.toSpliced(place < 0 ? env.length : place, 0, { name, value });
}

/** Other flags in the place of one; where that was given several times, the first is the place. */
function putFlag(container: Container, flag: string, flags: Readonly<Record<string, string>>): void {
	const places = readEtcdCommand(container)
		.flags.filter(({ name }) => name === flag)
		.flatMap((found, index) => found.places.map((place, part) => ({ ...place, first: index + part === 0 })));
	// from the end on, so that what is yet to be replaced stays where it is
	for (const { list, index, stretch, first } of places.toReversed()) {
		const words = container[list] ?? [];
		const quote = stretch ? "'" : "";
		const put = first ? Object.entries(flags).map(([name, value]) => `--${name}=${quote}${value}${quote}`) : [];
		const word = words[index] ?? "";
		container[list] = stretch
			? words.with(index, word.slice(0, stretch.from) + put.join(" ") + word.slice(stretch.to))
			: words.toSpliced(index, 1, ...put);
	}
}
