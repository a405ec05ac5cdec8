import { podsOf, untilPods } from "../../e2e/guide/pods.ts";
import { EDIT, type GuideStep, PODS, POOLS, SCALE, SHELL, VOLUME } from "../../e2e/guide/steps.ts";
import { Walker } from "../../e2e/guide/walker.ts";
import type { BenchLab } from "./lab.ts";

/** The guide has one member more, the fourth. What it says of that, said of another. */
function of({ command, output, typed, file }: GuideStep, ordinal: number): GuideStep {
	const said = (text: string) =>
		text
			.replaceAll("--replicas=4", `--replicas=${ordinal + 1}`)
			.replaceAll(/(mayastor-etcd-|etcd-volume-|pod-)3/g, `$1${ordinal}`);
	return {
		command: said(command),
		...(output === undefined ? {} : { output }),
		...(typed ? { typed } : {}),
		...(file ? { file: { name: file.name, text: said(file.text) } } : {}),
	};
}

/** Follows the guide, command by command and without a pause for thought, once for each new member. */
export async function followGuide(lab: BenchLab, from: number, to: number): Promise<void> {
	for (let ordinal = from; ordinal < to; ordinal++) {
		const walker = await Walker.begin(lab.kubeconfig, ordinal);
		try {
			await addOne(walker, ordinal);
		} finally {
			await walker.end();
		}
	}
}

async function addOne(walker: Walker, ordinal: number): Promise<void> {
	const before = await podsOf(walker);
	await walker.follow(POOLS);
	await walker.follow(of(SCALE, ordinal));
	await untilPods(walker, (pods) => pods.length > ordinal);
	await walker.follow(PODS);
	await walker.follow(EDIT);
	await walker.follow(of(VOLUME, ordinal));
	const old = new Set(before.map(({ uid }) => uid));
	await untilPods(
		walker,
		(pods) => pods.length > ordinal && pods.every(({ uid, ready }) => ready !== undefined && !old.has(uid)),
	);
	await walker.follow(of(SHELL, ordinal));
}
