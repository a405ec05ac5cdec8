import { hostOf } from "../cluster/start/hosts.ts";
import type { Member } from "../etcd/member-client.ts";

type Recorded = readonly Pick<Member, "name" | "isLearner" | "peerURLs">[];

/**
 * What to know of a snapshot that records learners: etcd 3.5.1 to 3.5.19 does not store promotions where snapshots take the
 * members from (etcd#19557), so a learner in one may be a voter. All of them are restored unless it is said otherwise.
 *
 * @returns undefined where there is none
 */
export function learnersRecorded(members: Recorded, restored: number): string | undefined {
	const learners = members.filter(({ isLearner }) => isLearner).map(nameOf);
	if (learners.length === 0) return undefined;
	const voters = members.length - learners.length;
	const are = learners.length === 1 ? "a learner" : "learners";
	const others = voters > 0 && voters !== restored ? `; --members ${voters} leaves ${learners.join(", ")} out` : "";
	return `The snapshot records ${learners.join(", ")} as ${are}. etcd 3.5.1 to 3.5.19 does not store promotions (etcd#19557), so that may be outdated. ${restored} of ${members.length} recorded members are started, all as voters${others}.`;
}

/** Those releases do not store the name of a promoted learner either; its peer URL was stored when it was added. */
const nameOf = ({ name, peerURLs: [url = ""] }: Recorded[number]): string =>
	name || hostOf(url) || "one without a name";
