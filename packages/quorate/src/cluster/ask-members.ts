import type { CallOptions, Member, MemberStatus } from "../etcd/member-client.ts";
import type { OutsidePod, PodView } from "./cluster-view.ts";
import type { MemberConnections } from "./member-connections.ts";

export type AskedPod = { readonly name: string; readonly uid: string; readonly ordinal?: number };

/** What the etcd of one pod said, or why it said nothing. */
export interface Asked {
	readonly pod: AskedPod;
	readonly status?: MemberStatus;
	/** whom it lists by itself; undefined: it cannot say */
	readonly list?: readonly Member[] | undefined;
	readonly trouble?: string;
}

export interface PodsToAsk {
	readonly own: readonly PodView[];
	/** other pods of the namespace: those that are listed as members are asked, too */
	readonly others: readonly OutsidePod[];
}

/** Asks each pod's etcd how it is, and whom it lists as members by itself, without quorum. */
export async function askMembers(
	connections: MemberConnections,
	{ own, others }: PodsToAsk,
	call: CallOptions,
): Promise<Asked[]> {
	const ask = async (pod: PodView | OutsidePod): Promise<Asked> => {
		const client = connections.to(pod);
		const [status, list] = await Promise.allSettled([client.status(call), client.memberList({ ...call, local: true })]);
		if (status.status === "rejected") {
			return { pod, trouble: messageOf(status.reason) };
		}
		return { pod, status: status.value, list: list.status === "fulfilled" ? list.value.members : undefined };
	};
	const asked = await Promise.all(own.filter(({ running }) => running).map(ask));
	const listed = asked.flatMap(({ list = [] }) => list);
	const outside = others.filter((pod) => listed.some((member) => isOutside(member, pod)));
	return [...asked, ...(await Promise.all(outside.filter(({ running }) => running).map(ask)))];
}

/** By its name, or by the first label of its peer URL's host, as a governing Service gives it. */
export const isOutside = ({ name, peerURLs }: Pick<Member, "name" | "peerURLs">, pod: { name: string }): boolean =>
	name === pod.name || peerURLs.some((url) => URL.canParse(url) && new URL(url).hostname.split(".")[0] === pod.name);

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
