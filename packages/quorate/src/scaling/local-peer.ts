import type { Container } from "kubernetes-types/core/v1";
import type { ClusterView, MemberView } from "../cluster/cluster-view.ts";
import { podName } from "../cluster/cluster-view.ts";
import { setting } from "../cluster/etcd-container.ts";
import { isUnreachable } from "../cluster/histories.ts";
import type { Blocked } from "./step.ts";

const POD_NAME = { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };

/** An etcd that was never told of a cluster: no other member could reach it. Undefined: the members' peer URLs can be reached. Pure. */
export function localPeer(view: ClusterView): Blocked | undefined {
	const member = view.etcd.members.find(isUnreachable);
	if (!member) return undefined;
	const pod = member.ordinal === undefined ? member.name : podName(view.statefulSet, member.ordinal);
	const commands = member.ordinal === undefined ? [] : [updateCommand(view, member), ...patchCommand(view)];
	return {
		reason: "PeerURLLocal",
		message: `etcd of ${pod} was never told of a cluster: it is member "${member.name}" at ${member.peerURLs.join(",")}, which no other pod can reach`,
		hint:
			commands.length > 1
				? `give it a name and a peer URL, which restarts its pod: ${commands.join("; then ")}; then the same command again`
				: `give it a peer URL that others can reach (etcdctl member update ${member.id.toString(16)} --peer-urls=…), and the template --name, --listen-peer-urls and --initial-advertise-peer-urls of the pod`,
	};
}

const peerURL = ({ statefulSet: { serviceName, namespace } }: ClusterView, pod: string): string =>
	`http://${pod}.${serviceName}.${namespace}.svc:2380`;

function updateCommand(view: ClusterView, { id, ordinal }: MemberView): string {
	const { statefulSet: set } = view;
	const pod = podName(set, ordinal ?? 0);
	return `kubectl exec ${pod} -n ${set.namespace} -c ${set.etcd.name} -- etcdctl member update ${id.toString(16)} --peer-urls=${peerURL(view, pod)}`;
}

/** What is set already may be meant otherwise: then a person has to say how. */
function patchCommand(view: ClusterView): string[] {
	const { template, etcd, name, namespace } = view.statefulSet;
	const containers = template.spec?.containers ?? [];
	const index = containers.findIndex((container) => container.name === etcd.name);
	const container = containers[index];
	const missing = ["name", "listen-peer-urls", "initial-advertise-peer-urls", "initial-cluster"];
	if (!container || etcd.family === "bitnami" || missing.some((flag) => setting(container, flag) !== undefined))
		return [];
	const url = peerURL(view, `$(${POD_NAME.name})`);
	const variables = [
		...(container.env?.some((variable) => variable.name === POD_NAME.name) ? [] : [POD_NAME]),
		{ name: "ETCD_NAME", value: `$(${POD_NAME.name})` },
		{ name: "ETCD_LISTEN_PEER_URLS", value: "http://0.0.0.0:2380" },
		{ name: "ETCD_INITIAL_ADVERTISE_PEER_URLS", value: url },
		{ name: "ETCD_INITIAL_CLUSTER", value: `$(${POD_NAME.name})=${url}` },
	];
	const patch = additions(container, index, variables);
	return [`kubectl patch sts ${name} -n ${namespace} --type=json -p '${JSON.stringify(patch)}'`];
}

/** At the end, so that what is referred to is there before. */
function additions({ env }: Container, index: number, variables: readonly object[]): object[] {
	const path = `/spec/template/spec/containers/${index}/env`;
	if (!env) return [{ op: "add", path, value: variables }];
	return variables.map((value) => ({ op: "add", path: `${path}/-`, value }));
}
