import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import type { KubernetesClient } from "./client.ts";
import { directDialer, podAddress, podDnsName, portForwardDialer } from "./dial.ts";

let server: Server | undefined;
afterEach(async () => {
	await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
	server = undefined;
});

async function listen(): Promise<number> {
	server = createServer((socket) => socket.end("hello"));
	await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
	return (server.address() as AddressInfo).port;
}

const pod = (podIP?: string) =>
	({ get: async () => ({ status: podIP ? { podIP } : {} }) }) as unknown as KubernetesClient;

test("straight to the pod's address", async () => {
	const port = await listen();
	const stream = await directDialer(podAddress(pod("127.0.0.1"))).dialPod("ns", "etcd-0", port);
	expect(String((await stream.toArray())[0])).toBe("hello");
});

test("a pod without an address and a port without a listener are told", async () => {
	const port = await listen();
	await new Promise((resolve) => server?.close(resolve));
	server = undefined;
	const unreachable = (text: RegExp) => ({ code: "MemberUnreachable", message: expect.stringMatching(text) });
	await expect(directDialer(podAddress(pod())).dialPod("ns", "p", 1)).rejects.toMatchObject(
		unreachable(/has no address yet/),
	);
	await expect(directDialer(podAddress(pod("127.0.0.1"))).dialPod("ns", "p", port)).rejects.toMatchObject(
		unreachable(/ECONNREFUSED/),
	);
});

test("an aborted dial ends with the signal's reason", async () => {
	const abort = new AbortController();
	const reason = new Error("enough");
	abort.abort(reason);
	await expect(directDialer(podAddress(pod("127.0.0.1"))).dialPod("ns", "p", 1, { signal: abort.signal })).rejects.toBe(
		reason,
	);
});

test("the name is the one that the headless Service gives", async () => {
	expect(await podDnsName("etcd-headless")("ns", "etcd-0", undefined)).toBe(
		"etcd-0.etcd-headless.ns.svc.cluster.local",
	);
});

test("through the API server it is a port-forward", async () => {
	const portForward = vi.fn(async () => "stream");
	await portForwardDialer({ portForward } as unknown as KubernetesClient).dialPod("ns", "p", 2379);
	expect(portForward).toHaveBeenCalledWith("ns", "p", 2379, undefined);
});
