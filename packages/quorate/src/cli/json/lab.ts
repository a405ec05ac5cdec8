import type { EtcdListing, LabInfo, LabStatus } from "../lab/lab-door.ts";
import { compact, document } from "./document.ts";

export const labDocument = (lab: LabInfo | LabStatus) => document("Lab", labFacts(lab));

export const labListDocument = (labs: readonly LabInfo[]) => document("LabList", { items: labs.map(labFacts) });

function labFacts(lab: LabStatus) {
	const { name, phase, since, port, kubeconfig, log, members, nodes, etcd, memory, machine } = lab;
	return compact({
		name,
		phase,
		since,
		port,
		kubeconfig,
		log,
		members,
		nodes,
		etcd: { version: etcd.version, folder: etcd.folder },
		memory: memory && { lab: memory.lab, etcd: memory.etcd },
		machine: machine && {
			nodes: machine.nodes.map((node) => ({ name: node.name, ready: node.ready })),
			pods: machine.pods.map(({ namespace, name: pod, node, address, phase: state, ready, restarts }) =>
				compact({ namespace, name: pod, node, address, phase: state, ready, restarts }),
			),
			faults: [...machine.faults],
		},
	});
}

/** What a fault did, a line each. */
export const labFaultDocument = (done: readonly string[]) => document("LabFault", { done: [...done] });

export const etcdVersionsDocument = ({ atHand, fetchable }: EtcdListing) =>
	document("EtcdVersions", {
		atHand: atHand.map(({ version, source, folder }) => ({ version, source, folder })),
		fetchable: fetchable.map(({ version, source, url }) => compact({ version, source, url })),
	});
