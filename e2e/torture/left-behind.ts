import { type LabCluster, podName, UNBOUND } from "./lab-cluster.ts";

/** What must be at the end as it was at the beginning. */
export async function shapeOf(cluster: LabCluster): Promise<string> {
	const { spec, metadata } = await cluster.statefulSet();
	const { replicas: _, ...rest } = spec ?? {};
	return JSON.stringify({ rest, annotations: metadata?.annotations });
}

/**
 * What is not as it must be with so many members, or should not be there any more.
 *
 * @param kept ordinals whose volumes were to be kept
 * @param theirs someone scaled by hand: what was made for their pods, and is bound to nothing, stays
 */
export async function leftBehind(
	cluster: LabCluster,
	size: number,
	shape: string,
	kept: ReadonlySet<number>,
	theirs: boolean,
): Promise<string[]> {
	const problems: string[] = [];
	const { replicas, members = [] } = await cluster.sample();
	if (replicas !== size) problems.push(`${replicas} replicas instead of ${size}`);
	const names = members.map((member) => `${member.name}${member.isLearner ? " (learner)" : ""}`).sort();
	const wanted = Array.from({ length: size }, (_, ordinal) => podName(ordinal));
	if (names.join() !== wanted.join()) problems.push(`members are ${names.join(", ")} instead of ${wanted.join(", ")}`);
	const now = await shapeOf(cluster);
	if (now !== shape) problems.push(`the StatefulSet is not as it was: ${now} instead of ${shape}`);
	const expected = wanted.flatMap((pod) => [`claim data-${pod}`, `pod ${pod}`, `volume for data-${pod}`]);
	const here = await cluster.leftovers();
	const beyond = [...kept].filter((ordinal) => ordinal >= size).map(podName);
	const ofKept = beyond.flatMap((pod) => [`claim data-${pod}`, `volume for data-${pod}`]);
	const missing = ofKept.filter((one) => !here.includes(one));
	if (missing.length > 0) problems.push(`was to be kept and is gone: ${missing.join(", ")}`);
	const mayStay = (one: string) => theirs && one.startsWith(UNBOUND);
	const left = here.filter((one) => !expected.includes(one) && !ofKept.includes(one) && !mayStay(one));
	if (left.length > 0) problems.push(`left behind: ${left.join(", ")}`);
	return problems;
}
