import type { Proof } from "../../proof/proof.ts";
import { compact, document, id } from "./document.ts";

export const proofDocument = (proof: Proof) => document("Proof", proofFacts(proof));

export function proofFacts(proof: Proof) {
	const { differences, recorded } = proof.toJSON();
	return {
		equal: proof.equal,
		clusterId: id(proof.clusterId),
		revision: Number(proof.revision),
		compactRevision: Number(proof.compactRevision),
		keys: proof.keys,
		bytes: proof.bytes,
		values: proof.values,
		members: proof.members.map(({ id: member, name, isLearner, hash }) =>
			compact({ id: id(member), name, isLearner, hash }),
		),
		differing: proof.differing,
		differences,
		recorded: recorded.map(({ revision, clusterId, keys, keysThen, breach, by }) =>
			compact({
				by,
				clusterId: clusterId ?? undefined,
				revision: Number(revision),
				keys: keys ?? undefined,
				keysThen: keysThen ?? undefined,
				breach: breach ?? undefined,
			}),
		),
		...(proof.snapshot ? { snapshot: snapshotFacts(proof.snapshot) } : {}),
	};
}

function snapshotFacts({ path, revision, ...rest }: NonNullable<Proof["snapshot"]>) {
	return { file: path, revision: Number(revision), ...rest };
}
