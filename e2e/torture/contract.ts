import type { Sample } from "./sample.ts";

/** What was going on while the samples were taken. */
export interface Circumstances {
	readonly from: number;
	readonly to: number;
	/** pods that a fault has had its hands on */
	readonly touched: ReadonlySet<string>;
	/** when something else was wrong: a fault on members, nodes or the StatefulSet and a while after, or a machine too busy; the samples' clock */
	readonly troubled: readonly { readonly from: number; readonly until: number }[];
	/** whoever scaled by hand made the image add voters by itself */
	readonly scaledByHand: boolean;
	/** someone goes down to one, and the image adds the second again where that was not quick enough: see docs/safety.md */
	readonly addsItself: boolean;
	/** of the StatefulSet's pods, without the number */
	readonly podPrefix: string;
}

/** Milliseconds between two samples, above which a learner may have come and voted unseen. */
const BLIND = 900;

/** The lines of the safety contract that can be told from outside. Pure; `samples` are of one scaling, in order. */
export function breaches(samples: readonly Sample[], circumstances: Circumstances): string[] {
	return [
		...new Set([
			...learners(samples),
			...voters(samples, circumstances),
			...tolerance(samples, circumstances),
			...restarts(samples, circumstances),
		]),
	];
}

const quorum = (count: number): number => Math.floor(count / 2) + 1;

function learners(samples: readonly Sample[]): string[] {
	return samples.flatMap(({ members = [] }) => {
		const count = members.filter((member) => member.isLearner).length;
		return count > 1 ? [`${count} learners at a time`] : [];
	});
}

/** Nobody votes who was not a learner before. */
function voters(samples: readonly Sample[], { scaledByHand }: Circumstances): string[] {
	if (scaledByHand) return [];
	const found: string[] = [];
	const known = new Set<string>();
	let last: number | undefined;
	for (const { at, members } of samples) {
		if (!members) continue;
		for (const { id, name, isLearner } of members) {
			const seen = last !== undefined && at - last < BLIND;
			if (seen && !isLearner && !known.has(id)) found.push(`${name || id} votes and was no learner before`);
			known.add(id);
		}
		last = at;
	}
	return found;
}

/** By what we do alone quorum is never lost, and growing costs nothing of what was there. Two samples in a row, for one may be torn. */
function tolerance(samples: readonly Sample[], circumstances: Circumstances): string[] {
	const { from, to, troubled } = circumstances;
	const found: string[] = [];
	const before = to > from ? from - quorum(from) : 0;
	const addedItself = selfAdded(samples, circumstances);
	let short = 0;
	for (const sample of samples) {
		const { at, members, healthy } = sample;
		const calm = !troubled.some((time) => at >= time.from && at <= time.until) && !addedItself.includes(sample);
		short = calm && members && spare(sample) < before ? short + 1 : 0;
		if (short === 2)
			found.push(`${healthy.length} of ${countVoters(sample)} voters healthy, with nothing wrong but the scaling`);
	}
	return found;
}

const countVoters = ({ members = [] }: Sample): number => members.filter((member) => !member.isLearner).length;

/** How many voters may fail yet; below 0 quorum is lost. */
const spare = (sample: Sample): number => sample.healthy.length + sample.silent.length - quorum(countVoters(sample));

/** Without quorum, since the image of the second of two added it again. */
function selfAdded(samples: readonly Sample[], { addsItself }: Circumstances): Sample[] {
	if (!addsItself) return [];
	const first = new Set(samples.find(({ members }) => members)?.members?.map(({ id }) => id));
	return samples.filter(
		(sample) => countVoters(sample) === 2 && spare(sample) < 0 && sample.members?.some(({ id }) => !first.has(id)),
	);
}

/** Seconds, to a quarter, for which that was so. */
export function secondsSelfAdded(samples: readonly Sample[], circumstances: Circumstances): number {
	const found = selfAdded(samples, circumstances);
	const [first, last] = [found[0], found.at(-1)];
	return first && last ? Math.max(0.25, Math.round((last.at - first.at) / 250) / 4) : 0;
}

/** Those that were there before and stay are the same pods, and restarted by nobody but a fault. */
function restarts(samples: readonly Sample[], { from, to, touched, troubled, podPrefix }: Circumstances): string[] {
	const stay = Array.from({ length: Math.min(from, to) }, (_, ordinal) => `${podPrefix}${ordinal}`);
	const found: string[] = [];
	for (const name of stay.filter((one) => !touched.has(one))) {
		const seen = samples.flatMap(({ pods }) => pods.find((pod) => pod.name === name) ?? []);
		const [first] = seen;
		if (!first) continue;
		if (seen.some(({ uid }) => uid !== first.uid)) found.push(`${name}, which was there before, was made anew`);
		// without quorum an image's own probes may end it
		else if (touched.size === 0 && troubled.length === 0 && seen.some((one) => one.restarts > first.restarts))
			found.push(`${name}, which was there before, was restarted`);
	}
	return found;
}
