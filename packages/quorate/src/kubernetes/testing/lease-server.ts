import type { LeaseObject } from "../lease.ts";
import { type Handler, sendJson, startApiServer, status, type TestApiServer } from "./api-server.ts";

/** An API server that holds one Lease, with the optimistic locking of the real one. */
export interface LeaseServer extends TestApiServer {
	lease: LeaseObject | undefined;
	/** Changes the Lease as another client would. */
	edit(change: (lease: LeaseObject) => void): void;
	/** answers instead of the server where it returns true */
	intercept: ((...args: Parameters<Handler>) => boolean) | undefined;
}

export async function startLeaseServer(): Promise<LeaseServer> {
	let version = 0;
	const stamp = (lease: LeaseObject, uid: string): LeaseObject => {
		return { ...lease, metadata: { ...lease.metadata, uid, resourceVersion: String(++version) } };
	};
	const conflict = status(409, "Conflict", "the object has been modified");
	const handler: Handler = (seen, response) => {
		if (it.intercept?.(seen, response)) return;
		const sent = seen.body ? JSON.parse(seen.body) : undefined;
		const absent = () => sendJson(response, 404, status(404, "NotFound", "leases not found"));
		if (seen.method === "POST") {
			if (it.lease) return sendJson(response, 409, status(409, "AlreadyExists", "already exists"));
			it.lease = stamp(sent, `uid-${version}`);
			return sendJson(response, 201, it.lease);
		}
		if (!it.lease) return absent();
		const { uid = "", resourceVersion } = it.lease.metadata;
		if (seen.method === "GET") return sendJson(response, 200, it.lease);
		const wanted = seen.method === "PUT" ? sent.metadata : (sent.preconditions ?? {});
		if ((wanted.uid ?? uid) !== uid || (wanted.resourceVersion ?? resourceVersion) !== resourceVersion) {
			return sendJson(response, 409, conflict);
		}
		it.lease = seen.method === "PUT" ? stamp(sent, uid) : undefined;
		sendJson(response, 200, it.lease ?? {});
	};
	const server = await startApiServer(handler, { secure: false });
	const it: LeaseServer = Object.assign(server, {
		lease: undefined,
		intercept: undefined,
		edit(change: (lease: LeaseObject) => void) {
			if (!it.lease) throw new Error("there is no Lease");
			const copy = structuredClone(it.lease);
			change(copy);
			it.lease = stamp(copy, copy.metadata.uid ?? "");
		},
	});
	return it;
}
