export interface ListedMember {
	/** hexadecimal */
	id: string;
	/** empty while it has not started */
	name: string;
	peerURLs: string[];
	isLearner: boolean;
}

/** What `etcdctl member list` prints, in its simple form: JSON would round the ids. */
export function parseMemberList(output: string): ListedMember[] {
	return output
		.split("\n")
		.map((line) => line.split(", "))
		.filter((columns) => columns.length >= 5)
		.map(([id = "", , name = "", peers = "", , isLearner]) => ({
			id,
			name,
			peerURLs: peers.split(","),
			isLearner: isLearner === "true",
		}));
}

/** The entry that stands for this pod: by its name, or before it has one by its peer URL. */
export function ownEntry(
	members: readonly ListedMember[],
	{ name, peerURLs }: { name: string; peerURLs: string },
): ListedMember | undefined {
	const urls = peerURLs.split(",");
	return members.find((member) => member.name === name || member.peerURLs.some((url) => urls.includes(url)));
}

/**
 * The members that the chart's pre-upgrade Job removes: those whose name contains none of the wanted names. It looks for them
 * anywhere in the name, so that with `etcd-1` wanted `etcd-10` stays as well.
 */
export function unwanted(members: readonly ListedMember[], wanted: readonly string[]): ListedMember[] {
	return members.filter(({ name }) => name !== "" && !wanted.some((one) => name.includes(one)));
}
