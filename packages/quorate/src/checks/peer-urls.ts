import { podName } from "../cluster/cluster-view.ts";
import { peerURLsFor } from "../cluster/start/joiner.ts";
import { advice, type CheckAbout } from "./check.ts";

const about: CheckAbout = {
	id: "peer-urls-own",
	group: "etcd",
	passes: "Each member is named after its pod, and its peer URLs are those of the others with its own name in them",
	why: "a member whose URL leads to another pod is not found, and a new one's URL is modelled on the present ones",
	todo: "put it right: `etcdctl member update ID --peer-urls=…` (never for a learner)",
};

export const peerUrls = advice(about, ({ view }) => {
	const { etcd, statefulSet: set } = view;
	if (etcd.trouble) return { status: "skip", saw: "unknown: the member list could not be read" };
	const own = etcd.members.filter((member) => member.ordinal !== undefined);
	const seen = new Map<string, number>();
	for (const url of etcd.members.flatMap((member) => member.peerURLs)) seen.set(url, (seen.get(url) ?? 0) + 1);
	const odd = own.flatMap((member) => {
		const name = podName(set, member.ordinal ?? 0);
		const urls = [...member.peerURLs].sort().join(",");
		const twice = member.peerURLs.find((url) => (seen.get(url) ?? 0) > 1);
		// a name may have more in it than the pod's, as the domain
		if (member.name !== "" && member.name.split(".")[0] !== name) return [`${member.name} is in pod ${name}`];
		if (twice) return [`${name} shares its peer URL ${twice} with another member`];
		const others = own.filter((other) => other !== member);
		const models = others.flatMap(
			(other) =>
				peerURLsFor(name, [other], () => podName(set, other.ordinal ?? 0))
					?.sort()
					.join(",") ?? [],
		);
		return others.length > 0 && !models.includes(urls)
			? [`${name} has the peer URLs ${urls || "(none)"}, unlike the others`]
			: [];
	});
	if (odd.length === 0) return { status: "pass", saw: `${own.length} members, each at the peer URL of its own pod` };
	return { status: "warn", saw: odd.join("; ") };
});
