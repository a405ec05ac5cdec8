import { assertProof } from "../../proof/proof.ts";
import { type CommandContext, humanOutput, print, styleOf } from "../command-context.ts";
import { proofDocument } from "../json/proof.ts";
import type { EtcdFlags } from "../options/etcd-access.ts";
import { amount } from "../progress/scale-progress.ts";
import { createTicker } from "../progress/ticker.ts";
import { proofText } from "../render/proof-text.ts";
import { withCluster } from "./open.ts";

export interface ValidateFlags extends EtcdFlags {
	values?: boolean;
	snapshot?: string;
	acceptHistory?: boolean;
}

export async function validate(context: CommandContext, words: readonly string[], flags: ValidateFlags): Promise<void> {
	await withCluster(context, words, flags, async (cluster) => {
		const output = humanOutput(context);
		const ticker = createTicker(output, styleOf(context, output), context.globals.verbosity >= 6);
		let far = "";
		ticker.now(() => `comparing every key of ${cluster.namespace}/${cluster.name}${far}`);
		const proof = await cluster
			.validate({
				values: flags.values === true,
				...(flags.snapshot === undefined ? {} : { snapshot: flags.snapshot }),
				...(flags.acceptHistory ? { acceptHistory: true } : {}),
				onProgress: (progress) => {
					far = `: ${amount(progress)}`;
				},
			})
			.finally(() => ticker.close());
		await print(
			context,
			(style) => proofText(proof, style),
			() => proofDocument(proof),
		);
		assertProof(proof);
	});
}
