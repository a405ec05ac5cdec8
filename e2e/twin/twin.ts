import { kubectl } from "../kubectl.ts";
import { compare, type Difference } from "./compare.ts";
import { type Chapter, nameOf } from "./operation.ts";
import { CHAPTERS } from "./script/index.ts";
import { type Outcome, perform, type Server } from "./server.ts";

/** A Kubernetes to run on, whichever namespace. */
export type Twin = Omit<Server, "namespace">;

/** Runs a chapter in a fresh namespace of that name, and takes the namespace away again. */
export async function runChapter(twin: Twin, namespace: string, chapter: Chapter): Promise<Outcome[]> {
	const { kubeconfig } = twin;
	await kubectl(kubeconfig, ["create", "namespace", namespace]);
	try {
		return await perform({ ...twin, namespace }, chapter);
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
			operation: nameOf(outcome.operation),
			...found,
		}));
	});
}

/** Chapters at a time on each server. */
const AT_ONCE = 2;

/** Runs the whole script on both servers at once; without what switches nodes off, all but that. */
export async function runBoth(lab: Twin, real: Twin): Promise<Difference[]> {
	const found: Difference[] = [];
	const chapters = CHAPTERS.filter(({ operations }) => real.power || !operations.some(({ power }) => power));
	const waiting = chapters.filter(({ alone }) => !alone);
	const both = async (chapter: Chapter): Promise<void> => {
		const namespace = `twin-${process.pid}-${chapter.name.replaceAll(" ", "-")}`;
		const [one, other] = await Promise.all([lab, real].map((server) => runChapter(server, namespace, chapter)));
		found.push(...differences(chapter, namespace, one ?? [], other ?? []));
	};
	const next = async (): Promise<void> => {
		const chapter = waiting.shift();
		if (!chapter) return;
		await both(chapter);
		await next();
	};
	await Promise.all(Array.from({ length: AT_ONCE }, next));
	for (const chapter of chapters) if (chapter.alone) await both(chapter);
	return found;
}
