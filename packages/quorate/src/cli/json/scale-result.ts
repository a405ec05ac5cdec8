import type { ClusterView } from "../../cluster/cluster-view.ts";
import type { ScaleResult } from "../../scaling/events.ts";
import { inOrder } from "../render/scale-result-text.ts";
import { compact, document, id } from "./document.ts";
import { stepFacts } from "./plan.ts";
import { proofFacts } from "./proof.ts";

export function scaleResultDocument(result: ScaleResult, before: ClusterView) {
	const { statefulSet: set } = before;
	return document(
		"ScaleResult",
		compact({
			namespace: set.namespace,
			name: set.name,
			from: result.from,
			to: result.to,
			tookBack: result.tookBack && compact(result.tookBack),
			seconds: rounded(result.seconds),
			members: inOrder(result.members).map(({ id: member, name }) => ({ id: id(member), name })),
			restarts: result.restarts,
			snapshot: result.snapshot && { ...result.snapshot, revision: Number(result.snapshot.revision) },
			proof: result.proof && proofFacts(result.proof),
			steps: result.steps.map(({ step, seconds }) => ({ ...stepFacts(step, set), seconds: rounded(seconds) })),
		}),
	);
}

/** To milliseconds. */
const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;
