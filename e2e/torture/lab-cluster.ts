import type { Duplex } from "node:stream";
import type { StatefulSet } from "kubernetes-types/apps/v1";
import type { PersistentVolume, PersistentVolumeClaim, Pod } from "kubernetes-types/core/v1";
import { dialLab } from "quorate-lab";
import { Gateway } from "./gateway.ts";
import type { Kube } from "./kube.ts";
import type { MemberSample, Sample } from "./sample.ts";

export const NAMESPACE = "mayastor";
export const SET = "mayastor-etcd";
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;

/** How a claim is listed that no volume was ever bound to. */
export const UNBOUND = "unbound claim";

export const podName = (ordinal: number): string => `${SET}-${ordinal}`;

interface List<T> {
	items: T[];
}

/** One lab's cluster, looked at past the tool: through the API server's own port, and etcd's by the lab's own door. */
export class LabCluster {
	readonly name: string;
	readonly #kube: Kube;
	/** connections that are kept from one look to the next */
	readonly #eyes = new Map<string, Gateway>();

	constructor(name: string, kube: Kube) {
		this.name = name;
		this.#kube = kube;
	}

	/** To the member of that ordinal; undefined: to whichever the Service chooses. */
	dial(ordinal: number | undefined): Promise<Duplex> {
		const host = ordinal === undefined ? SET : `${podName(ordinal)}.${SET}-headless`;
		return dialLab(this.name, `${host}.${NAMESPACE}.svc.cluster.local`, 2379);
	}

	statefulSet(): Promise<StatefulSet> {
		return this.#kube.get(`/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets/${SET}`);
	}

	async pods(): Promise<Pod[]> {
		return (await this.#kube.get<List<Pod>>(PODS)).items;
	}

	/** Names of claims, volumes, leases and of pods that no StatefulSet owns. */
	async leftovers(): Promise<string[]> {
		const [claims, volumes, leases, pods] = await Promise.all([
			this.#kube.get<List<PersistentVolumeClaim>>(`/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims`),
			this.#kube.get<List<PersistentVolume>>("/api/v1/persistentvolumes"),
			this.#kube.get<List<Pod>>(`/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`),
			this.pods(),
		]);
		return [
			...claims.items.map(({ metadata, spec }) => `${spec?.volumeName ? "claim" : UNBOUND} ${metadata?.name}`),
			// by the claim that it is for: its name is chosen by whoever makes it
			...volumes.items.map(({ spec }) => `volume for ${spec?.claimRef?.name}`),
			...leases.items.map(({ metadata }) => `lease ${metadata?.name}`),
			...pods.map(({ metadata }) => `pod ${metadata?.name}`),
		].sort();
	}

	async sample(): Promise<Sample> {
		const [set, all] = await Promise.all([this.statefulSet(), this.pods()]);
		const pods = all.filter(({ metadata }) => metadata?.name?.startsWith(`${SET}-`));
		const addresses = pods.flatMap(({ metadata, status }) =>
			status?.podIP ? [{ name: metadata?.name ?? "", address: status.podIP }] : [],
		);
		const statuses = await Promise.all(addresses.map(({ name, address }) => this.#status(name, address)));
		const voices = statuses.filter((status) => typeof status === "object");
		const silent = addresses.filter((_, n) => statuses[n] === "silent").map(({ name }) => name);
		const healthy = voices.filter((status) => status.leads !== undefined && !status.isLearner);
		const [first] = [...healthy, ...voices];
		const members = first ? await this.#members(first.address) : undefined;
		return {
			at: performance.now(),
			replicas: set.spec?.replicas ?? 0,
			pods: pods.map(({ metadata, status }) => ({
				name: metadata?.name ?? "",
				uid: metadata?.uid ?? "",
				restarts: status?.containerStatuses?.[0]?.restartCount ?? 0,
				ready: status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
				terminating: metadata?.deletionTimestamp !== undefined,
			})),
			members,
			healthy: healthy.map(({ name }) => name),
			silent,
		};
	}

	/** Name of the pod whose member leads. */
	async leader(): Promise<string | undefined> {
		const pods = await this.pods();
		for (const { metadata, status } of pods) {
			const found = status?.podIP ? await this.#status(metadata?.name ?? "", status.podIP) : undefined;
			if (typeof found === "object" && found.leads) return found.name;
		}
		return undefined;
	}

	close(): void {
		for (const eye of this.#eyes.values()) eye.close();
		this.#kube.close();
	}

	#eye(address: string): Gateway {
		const eye = this.#eyes.get(address) ?? new Gateway(() => dialLab(this.name, address, 2379), 700);
		this.#eyes.set(address, eye);
		return eye;
	}

	/** `leads`: it is the leader itself; undefined: it knows of none. "silent": no answer in time; undefined: it is not there. */
	async #status(name: string, address: string) {
		try {
			const status = await this.#eye(address).call("maintenance/status", {});
			const { member_id: id } = status.header as { member_id: string };
			const leader = String(status.leader ?? "0");
			return { name, address, leads: leader === "0" ? undefined : leader === id, isLearner: status.isLearner === true };
		} catch (error) {
			return /timeout|aborted/i.test(String(error)) ? "silent" : undefined;
		}
	}

	async #members(address: string): Promise<MemberSample[] | undefined> {
		try {
			const { members } = await this.#eye(address).call("cluster/member/list", {});
			return (members as { ID: string; name?: string; isLearner?: boolean }[]).map(({ ID, name, isLearner }) => ({
				id: ID,
				name: name ?? "",
				isLearner: isLearner ?? false,
			}));
		} catch {
			return undefined;
		}
	}
}
