import type { MemberClient } from "../../etcd/member-client.ts";

/** A real client, some of whose calls do something else or more. */
export function changed(client: MemberClient, calls: Partial<MemberClient>): MemberClient {
	return { ...client, ...calls };
}
