export function nodeNames(count: number): string[] {
	return Array.from({ length: count }, (_, number) => nodeName(number));
}

/** Where a member is whose volume is bound to a node from the beginning. */
export const memberNode = (ordinal: number): string => nodeName(ordinal);

const nodeName = (number: number): string => `worker-${number}`;
