import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { QuorateError } from "../errors.ts";
import type { KubernetesClient, KubernetesObject, Resource } from "./client.ts";
import { TCP_KEEPALIVE_MS } from "./connections.ts";

/** How bytes get to a pod: through the API server from anywhere, or straight to its address within the cluster. */
export interface Dialer {
	/** @throws QuorateError; MemberUnreachable where the API server answers, and the pod does not */
	dialPod(namespace: string, pod: string, port: number, options?: { signal?: AbortSignal }): Promise<Duplex>;
}

/** From a workstation; needs the right to `get` pods/portforward, and from Kubernetes 1.35 on to `create` it too. */
export function portForwardDialer(client: KubernetesClient): Dialer {
	return { dialPod: (namespace, pod, port, options) => client.portForward(namespace, pod, port, options) };
}

/** Finds the host to dial for a pod. */
export type PodHost = (namespace: string, pod: string, signal: AbortSignal | undefined) => Promise<string>;

export interface DirectDialerOptions {
	/** milliseconds. @default 5000 */
	timeoutMs?: number;
}

/** Within the cluster (or the lab's machine): plain TCP to the pod. */
export function directDialer(host: PodHost, { timeoutMs = 5_000 }: DirectDialerOptions = {}): Dialer {
	return {
		async dialPod(namespace, pod, port, { signal } = {}) {
			signal?.throwIfAborted();
			return connectTo(await host(namespace, pod, signal), port, pod, timeoutMs, signal);
		},
	};
}

/** By the name that a StatefulSet's headless Service gives each of its pods. */
export function podDnsName(service: string, clusterDomain = "cluster.local"): PodHost {
	return async (namespace, pod) => `${pod}.${service}.${namespace}.svc.${clusterDomain}`;
}

const PODS: Resource = { group: "", version: "v1", resource: "pods" };

/** By the pod's present address, which the API server knows before DNS does, and for pods that are not ready too. */
export function podAddress(client: KubernetesClient): PodHost {
	return async (namespace, pod, signal) => {
		const object = await client.get<KubernetesObject>(PODS, namespace, pod, signal ? { signal } : {});
		const address = (object.status as { podIP?: string } | undefined)?.podIP;
		if (address) return address;
		throw unreachable(
			pod,
			"has no address yet",
			`\`kubectl describe pod ${pod} -n ${namespace}\` tells what it waits for`,
		);
	};
}

function connectTo(
	host: string,
	port: number,
	pod: string,
	timeoutMs: number,
	signal: AbortSignal | undefined,
): Promise<Duplex> {
	return new Promise((resolve, reject) => {
		const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEPALIVE_MS });
		const settle = (error?: unknown) => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", onAbort);
			socket.removeListener("error", onError);
			if (error === undefined) return resolve(socket);
			socket.on("error", () => {});
			socket.destroy();
			reject(error);
		};
		const hint = `is etcd running in ${pod}, and may this pod reach it (NetworkPolicy)?`;
		const failed = (problem: string, cause?: unknown) => unreachable(pod, `${host}:${port} ${problem}`, hint, cause);
		const timer = setTimeout(() => settle(failed(`did not answer within ${timeoutMs / 1000} s`)), timeoutMs);
		const onAbort = () => settle(signal?.reason ?? new Error("aborted"));
		const onError = (error: Error) => settle(failed(`cannot be reached: ${error.message}`, error));
		signal?.addEventListener("abort", onAbort);
		socket.once("error", onError);
		socket.once("connect", () => settle());
	});
}

function unreachable(pod: string, problem: string, hint: string, cause?: unknown): QuorateError {
	return new QuorateError("MemberUnreachable", {
		operation: `connecting to pod ${pod}`,
		message: `${pod}: ${problem}`,
		hint,
		cause,
	});
}
