import { QuorateError } from "../errors.ts";
import { EtcdError } from "../etcd/member-client.ts";
import { LookAgain } from "./perform/context.ts";
import type { Wait } from "./step.ts";

/**
 * What is waited for before the next look, where a look or a step ended in what passes by itself. Whether a write whose answer was lost
 * had come through is seen in that look: a step is decided by it alone, and never merely repeated.
 *
 * @param set names the StatefulSet for hints
 * @returns undefined where looking again would not help
 */
export function waitAfter(
	error: unknown,
	set: { readonly name: string; readonly namespace: string },
): Wait | undefined {
	if (error instanceof LookAgain) return { kind: "etcd-agrees", reason: error.message, hint: error.hint };
	if (!(error instanceof QuorateError)) return undefined;
	if (error.code === "Unreachable")
		return {
			kind: "api-server",
			reason: `the API server does not answer (${error.message})`,
			hint: error.hint ?? `see whether ${set.name} can be read with kubectl`,
		};
	if (error.code === "MemberUnreachable" || (error.code === "SnapshotFailed" && wasCutOff(error.cause)))
		return { kind: "etcd-agrees", reason: error.message, hint: error.hint ?? `kubectl get pods -n ${set.namespace}` };
	return undefined;
}

const wasCutOff = (cause: unknown): boolean =>
	cause instanceof EtcdError && (cause.failure === "Unavailable" || cause.failure === "DeadlineExceeded");
