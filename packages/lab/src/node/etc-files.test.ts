import { expect, test } from "vitest";
import { etcFiles } from "./etc-files.ts";
import { testPod } from "./testing/pod.ts";

const files = (...args: Parameters<typeof testPod>) => etcFiles(testPod(...args), "198.18.1.2");

test("a pod knows itself by its name", () => {
	const { hosts, hostname } = files({ hostname: "etcd-0", subdomain: "peers" });
	expect(hosts).toContain("198.18.1.2\tetcd-0.peers.m.svc.cluster.local\tetcd-0\n");
	expect(hosts).toContain("127.0.0.1\tlocalhost\n");
	expect(hostname).toBe("etcd-0\n");
	expect(files({ hostAliases: [{ ip: "1.2.3.4", hostnames: ["a", "b"] }] }).hosts).toContain("1.2.3.4\ta\tb\n");
});

test("a long pod name is cut to what a host name may have", () => {
	expect(files({}, undefined, { name: `${"a".repeat(62)}-b` }).hostname).toBe(`${"a".repeat(62)}\n`);
});

test("names are looked up in the pod's own namespace first", () => {
	expect(files()["resolv.conf"]).toBe(
		"search m.svc.cluster.local svc.cluster.local cluster.local\nnameserver 198.18.0.1\noptions ndots:5\n",
	);
	const own = { nameservers: ["9.9.9.9"], searches: ["x"], options: [{ name: "ndots", value: "2" }] };
	expect(files({ dnsPolicy: "None", dnsConfig: own })["resolv.conf"]).toBe(
		"search x\nnameserver 9.9.9.9\noptions ndots:2\n",
	);
});
