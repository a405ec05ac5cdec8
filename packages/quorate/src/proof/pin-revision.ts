import { MovedOn } from "./attempts.ts";
import { callOptions, type ProofMember, type ProofOptions } from "./proof-member.ts";

/**
 * The newest revision that all members have applied.
 * @param atLeast a revision that they must have reached
 */
export async function pinRevision(
	members: readonly ProofMember[],
	options: ProofOptions,
	atLeast = 0n,
): Promise<bigint> {
	const statuses = await Promise.all(members.map(({ client }) => client.status(callOptions(options))));
	let least: bigint | undefined;
	for (const [i, { revision }] of statuses.entries()) {
		if (revision < atLeast) {
			throw new MovedOn(`${members[i]?.name} is at revision ${revision}, behind ${atLeast}`);
		}
		if (least === undefined || revision < least) {
			least = revision;
		}
	}
	return least ?? 0n;
}
