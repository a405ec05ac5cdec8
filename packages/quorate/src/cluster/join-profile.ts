import type { Container, PodTemplateSpec } from "kubernetes-types/core/v1";
import { type EtcdContainer, setting } from "./etcd-container.ts";

/** A condition that nobody sets: a pod that waits for it is never Ready, so no Service sends it clients while it learns. */
export const VOTER_GATE = "quorate.io/voter";

const BITNAMI_ETCD = "/opt/bitnami/etcd/bin/etcd";

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
	initialCluster: readonly { name: string; peerURLs: readonly string[] }[],
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
	tellMembers(container, etcd, initialCluster);
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
	etcd: Pick<EtcdContainer, "name" | "family">,
	initialCluster: readonly { name: string; peerURLs: readonly string[] }[],
): PodTemplateSpec {
	const template = structuredClone(original);
	const container = template.spec?.containers.find((c) => c.name === etcd.name);
	if (!container) throw new TypeError(`the template has no container ${etcd.name}`);
	tellMembers(container, etcd, initialCluster);
	return template;
}

function tellMembers(
	container: Container,
	etcd: Pick<EtcdContainer, "name" | "family">,
	initialCluster: readonly { name: string; peerURLs: readonly string[] }[],
): void {
	const members = formatInitialCluster(initialCluster);
	switch (etcd.family) {
		case "bitnami":
		case "environment":
			setEnvironment(container, members);
			break;
		case "flags":
			if (container.command) container.command = withFlags(container.command, members);
			if (container.args) container.args = withFlags(container.args, members);
			break;
		case "script":
			// names and URLs are whatever the members say
			if (/[^\w.:/=,[\]-]/.test(members))
				throw new TypeError(`the members' URLs cannot stand in a shell's line: ${members}`);
			if (container.command) container.command = container.command.map((word) => withinScript(word, members));
			if (container.args) container.args = container.args.map((word) => withinScript(word, members));
			break;
	}
	if (setting(container, "initial-cluster") !== members || setting(container, "initial-cluster-state") !== "existing")
		throw new TypeError(`cannot tell how container ${etcd.name} would be told to join an existing cluster`);
}

/** `name=url` for every peer URL of every member, as `--initial-cluster` takes it. */
export function formatInitialCluster(members: readonly { name: string; peerURLs: readonly string[] }[]): string {
	return members.flatMap((member) => member.peerURLs.map((url) => `${member.name}=${url}`)).join(",");
}

/** Does this template hold the join profile for exactly these members? */
export function isJoinTemplate(template: PodTemplateSpec, containerName: string): boolean {
	const container = template.spec?.containers.find((c) => c.name === containerName);
	return (
		container !== undefined &&
		setting(container, "initial-cluster-state") === "existing" &&
		(template.spec?.readinessGates ?? []).some((gate) => gate.conditionType === VOTER_GATE)
	);
}

/**
 * The new member's peer URLs: a present member's, with its pod's name replaced by the new pod's.
 * Undefined where no member's URL contains its pod's name, or is one at all.
 */
export function peerURLsFor(
	newName: string,
	members: readonly { name: string; peerURLs: readonly string[] }[],
): string[] | undefined {
	for (const member of members) {
		if (member.name === "" || member.peerURLs.length === 0 || !member.peerURLs.every((url) => URL.canParse(url)))
			continue;
		// the name as a whole label: etcd-1 is no part of etcd-10
		const label = new RegExp(`(?<![\\w-])${member.name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`, "g");
		const urls = member.peerURLs.map((url) => url.replace(label, newName));
		if (urls.every((url, index) => url !== member.peerURLs[index])) return urls;
	}
	return undefined;
}

function setEnvironment(container: Container, members: string): void {
	const environment = (container.env ?? []).filter(
		(e) => e.name !== "ETCD_INITIAL_CLUSTER" && e.name !== "ETCD_INITIAL_CLUSTER_STATE",
	);
	environment.push({ name: "ETCD_INITIAL_CLUSTER_STATE", value: "existing" });
	environment.push({ name: "ETCD_INITIAL_CLUSTER", value: members });
	container.env = environment;
}

function withFlags(words: readonly string[], members: string): string[] {
	const result: string[] = [];
	let state = false;
	for (let index = 0; index < words.length; index++) {
		const word = words[index] ?? "";
		const match = /^--?(initial-cluster|initial-cluster-state)(=.*)?$/s.exec(word);
		if (!match) {
			result.push(word);
			continue;
		}
		if (match[2] === undefined) index++;
		if (match[1] === "initial-cluster") result.push(`--initial-cluster=${members}`);
		else state = true;
		if (match[1] === "initial-cluster-state") result.push("--initial-cluster-state=existing");
	}
	if (!state && result.some((word) => word.startsWith("--initial-cluster=")))
		result.push("--initial-cluster-state=existing");
	return result;
}

function withinScript(word: string, members: string): string {
	const value = `("[^"]*"|'[^']*'|[^\\s"']+)`;
	const cluster = new RegExp(`--?initial-cluster(=|\\s+)${value}`);
	if (!cluster.test(word)) return word;
	const withMembers = word.replace(cluster, () => `--initial-cluster=${members}`);
	const state = new RegExp(`--?initial-cluster-state(=|\\s+)${value}`);
	return state.test(withMembers)
		? withMembers.replace(state, "--initial-cluster-state=existing")
		: withMembers.replace(
				`--initial-cluster=${members}`,
				`--initial-cluster=${members} --initial-cluster-state=existing`,
			);
}
