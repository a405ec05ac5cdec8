import { type ClusterView, podName } from "../../cluster/cluster-view.ts";
import type { Step } from "../../scaling/step.ts";

/** `+` something new, `-` something taken away, `~` something changed, `±` made anew, `=` only looked at. */
export type Sign = "+" | "-" | "~" | "±" | "=";

export interface StepWords {
	readonly sign: Sign;
	/** what is touched: "volume etcd-volume-3" */
	readonly subject: string;
	/** what happens to it, in plain words */
	readonly words: string;
	/** what was done to it, once it is. @default words */
	readonly done?: string;
}

type Named = Pick<ClusterView["statefulSet"], "name" | "firstOrdinal">;

/** One step as a person reads it. `snapshot`: the file, where it was named. */
export function describeStep(step: Step, set: Named, snapshot?: string): StepWords {
	switch (step.kind) {
		case "take-snapshot":
			return {
				sign: "+",
				subject: "snapshot",
				words: `saved and verified${snapshot === undefined ? ", in the working folder" : `: ${snapshot}`}`,
			};
		case "create-volume": {
			const { name, claim, node, spec } = step.volume;
			const size = spec.capacity?.storage;
			const path = spec.hostPath?.path ?? spec.local?.path;
			const where = [size, node && `on ${node}`, path && `at ${path}`].filter(Boolean).join(" ");
			return {
				sign: "+",
				subject: `volume ${name}`,
				words: [where, `for claim ${claim}`].filter(Boolean).join(", "),
				done: `created${onNode(node)}`,
			};
		}
		case "fence":
			return {
				sign: "~",
				subject: "StatefulSet",
				words: `existing pods held (partition ${step.partition}), join template set for ${podName(set, step.ordinal)}`,
			};
		case "add-learner":
			return {
				sign: "+",
				subject: `member ${podName(set, step.ordinal)}`,
				words: "a learner, which receives all data and has no vote",
			};
		case "raise-replicas":
			return {
				sign: "~",
				subject: "StatefulSet",
				words: `replicas ${step.replicas}, which makes pod ${podName(set, set.firstOrdinal + step.replicas - 1)}`,
			};
		case "name-members":
			return {
				sign: "~",
				subject: "StatefulSet",
				words: `all ${step.initialCluster.length} members named in the template, existing pods held (partition ${step.partition})`,
			};
		case "unname-members":
			return {
				sign: "~",
				subject: "StatefulSet",
				words: `template restored without the members' names, existing pods held (partition ${step.partition})`,
			};
		case "roll-pod":
			return {
				sign: "±",
				subject: `pod ${podName(set, step.ordinal)}`,
				words: `recreated from the newest template (partition ${step.partition}), data kept`,
			};
		case "restore-template":
			return { sign: "~", subject: "StatefulSet", words: "original template restored" };
		case "restart-pod":
			return {
				sign: "±",
				subject: `pod ${podName(set, step.ordinal)}`,
				words: "recreated from the original template, data kept",
			};
		case "promote":
			return {
				sign: "~",
				subject: `member ${podName(set, step.ordinal)}`,
				words: "becomes a voter, once it has caught up",
			};
		case "prove":
			return {
				sign: "=",
				subject: "proof",
				words: `same keyspace on all ${step.voters} voters, nothing of the snapshot lost`,
			};
		case "move-leader":
			return {
				sign: "~",
				subject: "leadership",
				words: `moved away from ${podName(set, step.ordinal)}, which leaves or is restarted next`,
			};
		case "note-leaving":
			return { sign: "~", subject: "StatefulSet", words: `noted that ${podName(set, step.ordinal)} is to leave` };
		case "lower-replicas":
			return {
				sign: "~",
				subject: "StatefulSet",
				words: `replicas ${step.replicas}, which ends pod ${podName(set, set.firstOrdinal + step.replicas)}`,
			};
		case "remove-member":
			return {
				sign: "-",
				subject: `member ${podName(set, step.ordinal)}`,
				words: `leaves the cluster${step.replicas === undefined ? "" : `, and at once replicas ${step.replicas}, which ends its pod`}`,
			};
		case "look-into-volume":
			return {
				sign: "=",
				subject: `claim ${step.claim}`,
				words: `a pod on ${step.node} reads whose data is in its volume`,
				done: `a pod${onNode(step.node)} read whose data is in its volume`,
			};
		case "place-volume":
			return { sign: "~", subject: `volume ${step.volume}`, words: `bound to node ${step.node}, which has its data` };
		case "remove-cleaner":
			return { sign: "-", subject: `pod ${step.pod}`, words: "deleted; it looked into a volume" };
		case "empty-volume": {
			const where = [step.path && `folder ${step.path}`, step.node && `on ${step.node}`].filter(Boolean).join(" ");
			return {
				sign: "-",
				subject: `volume ${step.volume}`,
				words: `wipe the data in claim ${step.claim}${where ? ` (${where})` : ""}, if a member that left wrote it`,
				done: `wiped the data in claim ${step.claim}${onNode(step.node)}`,
			};
		}
		case "delete-claim":
			return { sign: "-", subject: `claim ${step.claim}`, words: "deleted" };
		case "delete-volume":
			return { sign: "-", subject: `volume ${step.volume}`, words: "deleted" };
		case "restore-strategy":
			return {
				sign: "~",
				subject: "StatefulSet",
				words: "update strategy restored, Quorate's annotation removed",
			};
	}
}

const onNode = (node: string | undefined): string => (node ? ` on ${node}` : "");

/** A line for progress. */
export function stepLine(step: Step, set: Named, snapshot?: string): string {
	const { subject, words } = describeStep(step, set, snapshot);
	return `${subject}: ${words}`;
}
