import type { Proof } from "../../proof/proof.ts";
import { compact, document, id } from "./document.ts";

export const proofDocument = (proof: Proof) => document("Proof", proofFacts(proof));

export function proofFacts(proof: Proof) {
	const { differences } = proof.toJSON();
	return {
		equal: proof.equal,
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
		...(proof.snapshot ? { snapshot: snapshotFacts(proof.snapshot) } : {}),
	};
}

function snapshotFacts({ path, revision, ...rest }: NonNullable<Proof["snapshot"]>) {
	return { file: path, revision: Number(revision), ...rest };
}
