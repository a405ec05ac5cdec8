import { matchesNodeSelector } from "../../node-selector.ts";
import { matchesLabels } from "../../selector.ts";
import { type Filter, inTheWay, unresolvable } from "./filter.ts";

export const nodeName: Filter = (pod, { node }) =>
	pod.spec?.nodeName && pod.spec.nodeName !== node.metadata.name
		? unresolvable("node(s) didn't match the requested node name")
		: undefined;

/** `nodeSelector` and required node affinity. */
export const nodeAffinity: Filter = (pod, { node }) => {
	const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
	const suits =
		matchesLabels(pod.spec?.nodeSelector, node.metadata.labels) && (!required || matchesNodeSelector(required, node));
	return suits ? undefined : unresolvable("node(s) didn't match Pod's node affinity/selector");
};

/** Ports of the node itself that another pod there has taken. */
export const nodePorts: Filter = (pod, { pods }) => {
	const ports = (of: typeof pod) =>
		(of.spec?.containers ?? []).flatMap(({ ports = [] }) =>
			ports.flatMap(({ hostPort, protocol = "TCP", hostIP }) => (hostPort ? [{ hostPort, protocol, hostIP }] : [])),
		);
	const wanted = ports(pod);
	const any = (ip: string | undefined) => !ip || ip === "0.0.0.0";
	const taken = pods
		.flatMap(ports)
		.some((theirs) =>
			wanted.some(
				(ours) =>
					ours.hostPort === theirs.hostPort &&
					ours.protocol === theirs.protocol &&
					(any(ours.hostIP) || any(theirs.hostIP) || ours.hostIP === theirs.hostIP),
			),
		);
	return taken ? inTheWay("node(s) didn't have free ports for the requested pod ports") : undefined;
};
