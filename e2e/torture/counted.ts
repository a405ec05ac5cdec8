/** What one member's own store holds. */
export interface Counted {
	/** its ordinal */
	readonly member: number;
	readonly keys: ReadonlySet<string>;
	readonly revision: number;
}

const NAMED = 5;

/**
 * What clients were told is kept, and is not: no word of the tool's is taken for it. Pure. `each`: every member has to hold all of it;
 * `together`: where a disk was lost, one of those that are left has to.
 */
export function countedLosses(
	acknowledged: { readonly keys: readonly string[]; readonly revision: number },
	members: readonly Counted[],
	how: "each" | "together",
): string[] {
	const stores =
		how === "each"
			? members.map(({ member, keys, revision }) => ({ name: `member ${member}`, keys, revision }))
			: [
					{
						name: `members ${members.map(({ member }) => member).join(", ")} together`,
						keys: new Set(members.flatMap(({ keys }) => [...keys])),
						revision: Math.max(0, ...members.map(({ revision }) => revision)),
					},
				];
	return stores.flatMap(({ name, keys, revision }) => {
		const gone = acknowledged.keys.filter((key) => !keys.has(key));
		const some = gone.slice(0, NAMED).join(", ");
		return [
			...(gone.length > 0
				? [`${name}: ${gone.length} of ${acknowledged.keys.length} acknowledged keys are gone, such as ${some}`]
				: []),
			...(revision < acknowledged.revision
				? [`${name}: at revision ${revision}, behind ${acknowledged.revision}, which was acknowledged`]
				: []),
		];
	});
}
