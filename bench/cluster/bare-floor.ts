import { setTimeout as sleep } from "node:timers/promises";
import { connectMember, EtcdError, type MemberClient } from "quorate";
import type { Api } from "./api.ts";
import { type BenchLab, NAMESPACE, STATEFULSET } from "./lab.ts";

const SET = `/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets/${STATEFULSET}`;
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const INTERVAL = 50;
const PATIENCE = 60_000;

const peerUrl = (ordinal: number) =>
	`http://${STATEFULSET}-${ordinal}.${STATEFULSET}-headless.${NAMESPACE}.svc.cluster.local:2380`;

/** What no growth can do without: volume, learner, pod, vote. No look before or after, no snapshot, no proof, the template left changed. */
export async function bareGrowth(lab: BenchLab, api: Api, from: number, to: number): Promise<void> {
	const client = connectMember({ name: `${STATEFULSET}-0`, dial: () => lab.dialMember(0) });
	try {
		for (let ordinal = from; ordinal < to; ordinal++) {
			await api.ask("POST", "/api/v1/persistentvolumes", volume(ordinal));
			const member = await untilTaken(() => client.memberAdd([peerUrl(ordinal)], true));
			await api.ask("PATCH", SET, joining(ordinal), "application/strategic-merge-patch+json");
			await untilTaken(() => client.memberPromote(member.id));
		}
	} finally {
		client.close();
	}
}

/** Members out one after the other, the highest first; then wait until their pods are gone. */
export async function bareShrinking(lab: BenchLab, api: Api, from: number, to: number): Promise<void> {
	const client = connectMember({ name: `${STATEFULSET}-0`, dial: () => lab.dialMember(0) });
	try {
		for (let ordinal = from - 1; ordinal >= to; ordinal--) {
			const member = await idOf(client, ordinal);
			// of two, the second must still be there to agree
			await untilTaken(() => client.memberRemove(member));
			await api.patch(SET, { spec: { replicas: ordinal } });
		}
	} finally {
		client.close();
	}
	const deadline = Date.now() + PATIENCE;
	while ((JSON.parse(await api.ask("GET", PODS)) as { items: unknown[] }).items.length > to) {
		if (Date.now() > deadline) throw new Error("the pods do not go");
		await sleep(INTERVAL);
	}
}

async function idOf(client: MemberClient, ordinal: number): Promise<bigint> {
	const { members } = await untilTaken(() => client.memberList());
	const member = members.find(({ name }) => name === `${STATEFULSET}-${ordinal}`);
	if (!member) throw new Error(`${STATEFULSET}-${ordinal} is no member`);
	return member.id;
}

/** etcd refuses a change while members are not connected long enough, or a learner is not there yet: again, until it does not. */
async function untilTaken<T>(change: () => Promise<T>): Promise<T> {
	const deadline = Date.now() + PATIENCE;
	for (;;) {
		try {
			return await change();
		} catch (error) {
			if (!(error instanceof EtcdError) || Date.now() > deadline) throw error;
			await sleep(INTERVAL);
		}
	}
}

function joining(ordinal: number): object {
	const members = Array.from({ length: ordinal + 1 }, (_, o) => `${STATEFULSET}-${o}=${peerUrl(o)}`);
	const env = [
		{ name: "ETCD_INITIAL_CLUSTER_STATE", value: "existing" },
		{ name: "ETCD_INITIAL_CLUSTER", value: members.join(",") },
	];
	return {
		spec: {
			replicas: ordinal + 1,
			updateStrategy: { rollingUpdate: { partition: ordinal } },
			template: { spec: { containers: [{ name: "etcd", env }] } },
		},
	};
}

const volume = (ordinal: number) => ({
	metadata: { name: `etcd-volume-${ordinal}` },
	spec: {
		accessModes: ["ReadWriteOnce"],
		capacity: { storage: "2Gi" },
		claimRef: { kind: "PersistentVolumeClaim", name: `data-${STATEFULSET}-${ordinal}`, namespace: NAMESPACE },
		hostPath: { path: `/var/local/mayastor/etcd/pod-${ordinal}` },
		storageClassName: "manual",
	},
});
