import type { Difference } from "./compare.ts";
import type { Explanation } from "./explained.ts";

export interface Judgement {
	/** nobody has said why */
	unexplained: Difference[];
	/** explanations of what is no longer so */
	stale: Explanation[];
}

/** Which differences have no explanation, and which explanations no difference. */
export function judge(differences: readonly Difference[], explained: readonly Explanation[]): Judgement {
	return {
		unexplained: differences.filter(
			(difference) => !explained.some((explanation) => explains(explanation, difference)),
		),
		stale: explained.filter(
			(explanation) => !explanation.byChance && !differences.some((difference) => explains(explanation, difference)),
		),
	};
}

function explains(explanation: Explanation, difference: Difference): boolean {
	return (
		matches(explanation.chapter, difference.chapter) &&
		matches(explanation.operation, difference.operation) &&
		matches(explanation.at, difference.at) &&
		matches(explanation.lab, difference.lab ?? "") &&
		matches(explanation.real, difference.real ?? "")
	);
}

const matches = (pattern: RegExp | undefined, text: string) => pattern === undefined || pattern.test(text);
