import type { Server } from "node:https";
import type { Api, PodRuntime, PodTokenRequest } from "./api.ts";
import { expiry, Tokens } from "./auth/tokens.ts";
import { bootstrap } from "./bootstrap.ts";
import type { Certificates } from "./certificates.ts";
import { serveCustomResources } from "./custom/serving.ts";
import { serve } from "./http/server.ts";
import { inProcessApi } from "./in-process.ts";
import { KINDS } from "./kinds/index.ts";
import { Registry } from "./machinery/registry.ts";
import { Resources } from "./machinery/resources.ts";
import { Store } from "./machinery/store.ts";
import { SERVICEACCOUNTS } from "./resources.ts";

export interface ApiServerOptions {
	/** what answers log, exec, attach and port-forward */
	runtime: PodRuntime;
	certificates: Certificates;
}

export interface ApiServer {
	/** the same API for code in this process */
	api: Api;
	/** not listening yet */
	server: Server;
	/** A token for a pod's service account; undefined where there is no such account. */
	serviceAccountToken(request: PodTokenRequest): string | undefined;
	/** Ends watches and streams, and stops listening. */
	close(): Promise<void>;
}

/** The API server: kinds, storage and HTTPS. Nothing of it touches the disk. */
export function createApiServer({ runtime, certificates }: ApiServerOptions): ApiServer {
	const registry = new Registry();
	for (const kind of KINDS) registry.add(kind);
	const resources = new Resources(new Store(), registry);
	const api = inProcessApi(resources);
	bootstrap(api);
	serveCustomResources(resources);
	const tokens = new Tokens();
	const { server, close } = serve({ resources, api, runtime, certificates, tokens });
	const serviceAccountToken: ApiServer["serviceAccountToken"] = ({ namespace, serviceAccount: name, ...request }) => {
		const uid = api.get(SERVICEACCOUNTS, namespace, name)?.metadata.uid;
		if (uid === undefined) return undefined;
		const { audience, seconds, pod } = request;
		const audiences = audience === undefined ? [] : [audience];
		return tokens.issue({ namespace, name, uid, audiences, expires: expiry(seconds), pod });
	};
	return { api, server, serviceAccountToken, close };
}
