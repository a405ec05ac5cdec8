import { expect, it } from "vitest";
import { proofOf } from "../../proof/proof.ts";
import { plainStyle } from "../testing/plain-style.ts";
import { sampleProof } from "../testing/sample-documents.ts";
import { proofLine } from "./proof-text.ts";

it.each([
	["by hash", "without"],
	["byte for byte", "with"],
] as const)("says what was counted where values were compared %s", (values, word) => {
	const proof = proofOf({ ...sampleProof, keys: 1177, bytes: 189_440, values });
	expect(proofLine(proof, plainStyle())).toMatch(
		new RegExp(`^1,177 keys at revision 1000 \\(185 KiB read of each member, ${word} values\\), `),
	);
});
