import type { MemberClient } from "../etcd/member-client.ts";

/** A member whose store is compared. Its client answers for this member alone. */
export interface ProofMember {
	name: string;
	client: MemberClient;
}

/** As much of a member as reading its keys takes. */
export interface KeySource {
	name: string;
	client: Pick<MemberClient, "rangeRaw" | "status">;
}

export interface ProofOptions {
	signal?: AbortSignal;
	/** milliseconds one call may take: a hash over a large store takes its time. @default 60000 */
	timeoutMs?: number;
}

export const DEFAULT_TIMEOUT_MS = 60_000;

export function callOptions({ signal, timeoutMs = DEFAULT_TIMEOUT_MS }: ProofOptions) {
	return { timeoutMs, ...(signal ? { signal } : {}) };
}

/** A name for an etcd key: as text where it is text, else in hex. */
export function keyText(key: Uint8Array): string {
	const text = Buffer.from(key).toString("utf8");
	return /^[^\p{Cc}\ufffd]*$/u.test(text) ? text : `0x${Buffer.from(key).toString("hex")}`;
}
