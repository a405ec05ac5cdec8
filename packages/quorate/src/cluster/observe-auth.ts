import { EtcdError, type MemberClient } from "../etcd/member-client.ts";
import { type ClusterView, podAt, voters } from "./cluster-view.ts";
import type { ClusterAccess } from "./observe.ts";
import type { AuthView } from "./security-view.ts";

/** Milliseconds that one member may take; a password costs it some. */
const TIMEOUT = 5000;

/** Whether etcd has auth on, and which roles our user has. */
export async function observeAuth(
	cluster: ClusterAccess,
	view: ClusterView,
	options: { signal?: AbortSignal } = {},
): Promise<AuthView> {
	const { user, userTrouble } = cluster.found;
	const call = { ...options, timeoutMs: TIMEOUT };
	const pod = podToAsk(view);
	if (!pod) return { state: "unknown", trouble: view.etcd.trouble ?? "no member answers" };
	const anonymous = cluster.members.anonymous(pod);
	try {
		const refused = await refusal(anonymous, call);
		if (!refused) return { state: "off" };
		if (refused.failure !== "Unauthenticated" && refused.failure !== "PermissionDenied")
			return { state: "unknown", trouble: refused.message };
	} finally {
		anonymous.close();
	}
	if (user === undefined) return { state: "on", user, roles: undefined, trouble: userTrouble };
	try {
		return { state: "on", user, roles: await cluster.members.to(pod).userRoles(user, call), trouble: undefined };
	} catch (error) {
		if (!(error instanceof EtcdError)) throw error;
		return { state: "on", user, roles: undefined, trouble: error.message };
	}
}

/** A voter, the leader first; a member that does not take us says at least so. */
function podToAsk(view: ClusterView) {
	const members = [...voters(view)].sort(
		(a, b) => Number(b.id === view.etcd.leader) - Number(a.id === view.etcd.leader),
	);
	const answering = members.find((member) => member.status && member.ordinal !== undefined);
	return answering?.ordinal === undefined ? view.pods.find((pod) => pod.running) : podAt(view, answering.ordinal);
}

/** Reading one key that is not there, without being anyone: undefined where etcd does not mind. */
async function refusal(client: MemberClient, call: object): Promise<EtcdError | undefined> {
	try {
		await client.range({ key: new Uint8Array([0]), countOnly: true, serializable: true }, call);
		return undefined;
	} catch (error) {
		if (error instanceof EtcdError) return error;
		throw error;
	}
}
