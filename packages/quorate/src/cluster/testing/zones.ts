import type { ClusterView, MemberView, OtherSetView } from "../cluster-view.ts";
import { findEtcdContainer } from "../etcd-container.ts";

const ZONES = ["a", "b", "c"];
const url = (pod: string, namespace = "zones") => `http://${pod}.etcd.${namespace}.svc:2380`;

/** As a member list, a snapshot and a template name them. */
export const zoneMembers = (sets = ZONES.map((zone) => `etcd-${zone}`), namespace = "zones") =>
	sets.map((set) => ({ name: `${set}-0`, peerURLs: [url(`${set}-0`, namespace)] }));

/**
 * A healthy view made one of StatefulSet etcd-a, whose cluster also has a member in etcd-b and one in etcd-c.
 *
 * @param down their pods are scaled away, and quorum with them. @default they are well
 */
export function zonesView(healthy: ClusterView, { down = false, otherSets = [] as string[] } = {}): ClusterView {
	const members = healthy.etcd.members.map((member, index): MemberView => {
		const { name, peerURLs } = zoneMembers()[index] ?? { name: "", peerURLs: [] };
		if (index === 0) {
			const status = member.status && down ? { ...member.status, leader: 0n } : member.status;
			return { ...member, name, peerURLs, status };
		}
		const base = { ...member, name, peerURLs, ordinal: undefined };
		if (down) return { ...base, status: undefined, lag: undefined, trouble: "its pod does not run" };
		const owner = `StatefulSet/${name.slice(0, -2)}`;
		return { ...base, outside: { name, uid: name, running: true, ready: true, node: `node-${index + 5}`, owner } };
	});
	const template = zoneTemplate();
	const etcd = findEtcdContainer(template);
	if (!etcd) throw new Error("the template runs no etcd");
	return {
		...healthy,
		statefulSet: { ...healthy.statefulSet, namespace: "zones", name: "etcd-a", replicas: 1, template, etcd },
		pods: healthy.pods.slice(0, 1).map((pod) => ({ ...pod, name: "etcd-a-0" })),
		claims: healthy.claims.slice(0, 1).map((claim) => ({ ...claim, name: "data-etcd-a-0" })),
		...(otherSets.length > 0 ? { otherSets: otherSets.map(scaledAway) } : {}),
		etcd: {
			...healthy.etcd,
			members,
			...(down ? { trouble: "quorum is lost", listedByOne: true, leader: undefined } : {}),
		},
	};
}

const scaledAway = (name: string): OtherSetView => ({ namespace: "zones", name, replicas: 0, firstOrdinal: 0 });

function zoneTemplate() {
	const cluster = zoneMembers().map(({ name, peerURLs }) => `${name}=${peerURLs[0]}`);
	const args = [
		"--name=$(POD_NAME)",
		"--data-dir=/var/lib/etcd/data",
		`--initial-advertise-peer-urls=${url("$(POD_NAME)")}`,
		`--initial-cluster=${cluster.join(",")}`,
	];
	const env = [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }];
	const volumeMounts = [{ name: "data", mountPath: "/var/lib/etcd" }];
	return { spec: { containers: [{ name: "etcd", image: "etcd:3.5.35", command: ["etcd"], args, env, volumeMounts }] } };
}
