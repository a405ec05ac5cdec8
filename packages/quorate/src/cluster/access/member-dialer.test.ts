import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { PassThrough } from "node:stream";
import { expect, it, onTestFinished } from "vitest";
import type { KubernetesClient } from "../../kubernetes/client.ts";
import type { EtcdContainer } from "../etcd-container.ts";
import { memberDialer } from "./member-dialer.ts";

const pod = (name: string, podIP?: string) => ({
	metadata: { name, uid: name },
	...(podIP ? { status: { podIP } } : {}),
});

it.each([
	[true, "pod", "directly"],
	[false, "pod", "by a port-forward"],
	[true, "unknown", "by a port-forward"],
	[true, undefined, "by a port-forward"],
] as const)("in the cluster %s, etcd on %s: %s", async (inCluster, listensOn, way) => {
	const server = createServer((socket) => socket.end("directly"));
	await once(server.listen(0, "127.0.0.1"), "listening");
	onTestFinished(() => void server.close());
	const client = {
		list: async () => ({ items: [pod("etcd-1", "127.0.0.2"), pod("etcd-0", "127.0.0.1")] }),
		portForward: async () => new PassThrough().end("by a port-forward"),
	} as unknown as KubernetesClient;
	const etcd = { ...(listensOn ? { listensOn } : {}) } as EtcdContainer;
	const dialer = memberDialer(client, etcd, inCluster);
	const stream = await dialer.dialPod("ns", "etcd-0", (server.address() as AddressInfo).port);
	expect(String(await stream.setEncoding("utf8").toArray())).toBe(way);
});

it("says that a pod has no address yet", async () => {
	const client = { list: async () => ({ items: [pod("etcd-0")] }) } as unknown as KubernetesClient;
	const dialer = memberDialer(client, { listensOn: "pod" } as EtcdContainer, true);
	await expect(dialer.dialPod("ns", "etcd-0", 1)).rejects.toMatchObject({
		code: "MemberUnreachable",
		message: expect.stringContaining("no address yet"),
	});
});
