import { kubectl } from "../kubectl.ts";
import { compare, type Difference } from "./compare.ts";
import type { Chapter } from "./operation.ts";
import { type Outcome, perform } from "./server.ts";

/** Runs a chapter in a fresh namespace of that name, and takes the namespace away again. */
export async function runChapter(kubeconfig: string, namespace: string, chapter: Chapter): Promise<Outcome[]> {
	await kubectl(kubeconfig, ["create", "namespace", namespace]);
	try {
		return await perform({ kubeconfig, namespace }, chapter);
	} finally {
		await kubectl(kubeconfig, ["delete", "namespace", namespace, "--wait=false"]);
	}
}

/** What a chapter's run on the lab has, and the real Kubernetes has not, or the other way about. */
export function differences(chapter: Chapter, namespace: string, lab: Outcome[], real: Outcome[]): Difference[] {
	return lab.flatMap((outcome, index) => {
		const other = real[index];
		if (!other) throw new Error(`the real Kubernetes has no outcome of ${outcome.operation.run}`);
		return compare(outcome, other, namespace).map((found) => ({
			chapter: chapter.name,
			operation: outcome.operation.run,
			...found,
		}));
	});
}
