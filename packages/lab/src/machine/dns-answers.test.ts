import type { Endpoints, Service } from "kubernetes-types/core/v1";
import { describe, expect, test } from "vitest";
import { lookUp } from "./cluster-names.ts";
import { answerQuestion, type NameSource } from "./dns-answers.ts";

const services: Service[] = [
	{
		metadata: { name: "etcd", namespace: "m" },
		spec: { clusterIP: "198.19.0.9", ports: [{ name: "client", port: 2379 }] },
	},
	{ metadata: { name: "peers", namespace: "m" }, spec: { clusterIP: "None", ports: [{ name: "peer", port: 2380 }] } },
	{ metadata: { name: "early", namespace: "m" }, spec: { clusterIP: "None", publishNotReadyAddresses: true } },
	{ metadata: { name: "nobody", namespace: "m" }, spec: { clusterIP: "None", ports: [{ port: 1 }] } },
	{ metadata: { name: "far", namespace: "m" }, spec: { type: "ExternalName", externalName: "example.org" } },
];
const ports = [{ name: "peer", port: 2380, protocol: "TCP" }];
const endpoints: Endpoints[] = [
	{
		metadata: { name: "peers", namespace: "m" },
		subsets: [
			{
				addresses: [{ ip: "198.18.1.2", hostname: "etcd-0" }, { ip: "198.18.2.2" }],
				notReadyAddresses: [{ ip: "198.18.3.2", hostname: "etcd-2" }],
				ports,
			},
		],
	},
	{
		metadata: { name: "early", namespace: "m" },
		subsets: [{ notReadyAddresses: [{ ip: "198.18.3.2", hostname: "etcd-2" }] }],
	},
];
const find = <T extends Service | Endpoints>(all: T[], namespace: string, name: string) =>
	all.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === name);
const source: NameSource = {
	hasNamespace: (name) => name === "m",
	service: (namespace, name) => find(services, namespace, name),
	endpoints: (namespace, name) => find(endpoints, namespace, name),
	allServices: () => services,
};

const ask = (name: string, type: "A" | "AAAA" | "SRV" | "PTR" = "A") => {
	const { code, answers } = answerQuestion({ name, type }, source);
	return [code, ...answers.map((answer) => ("data" in answer ? answer.data : undefined))];
};

describe("A", () => {
	test.each([
		["etcd.m.svc.cluster.local", "198.19.0.9"],
		["ETCD.m.SVC.cluster.local.", "198.19.0.9"],
		["etcd-0.peers.m.svc.cluster.local", "198.18.1.2"],
		["198-18-2-2.peers.m.svc.cluster.local", "198.18.2.2"],
		["early.m.svc.cluster.local", "198.18.3.2"],
		["far.m.svc.cluster.local", "example.org"],
	])("%s", (name, address) => {
		expect(ask(name)).toEqual(["NOERROR", address]);
	});

	test("a headless Service is all of its ready addresses", () => {
		expect(ask("peers.m.svc.cluster.local")).toEqual(["NOERROR", "198.18.1.2", "198.18.2.2"]);
	});

	test.each([
		"etcd-2.peers.m.svc.cluster.local",
		"etcd-0.etcd.m.svc.cluster.local",
		"nobody.m.svc.cluster.local",
		"none.m.svc.cluster.local",
		"m.n.svc.cluster.local",
		"n.svc.cluster.local",
		"etcd-0.peers.m.svc.cluster.local.m.svc.cluster.local",
		"a.b.c.peers.m.svc.cluster.local",
		"example.org",
	])("there is no %s", (name) => {
		expect(ask(name)).toEqual(["NXDOMAIN"]);
	});
});

test("a name that exists has no IPv6 address, and says so at once", () => {
	for (const name of [
		"etcd.m.svc.cluster.local",
		"etcd-0.peers.m.svc.cluster.local",
		"m.svc.cluster.local",
		"cluster.local",
	]) {
		expect(ask(name, "AAAA")).toEqual(["NOERROR"]);
	}
	expect(ask("example.org", "AAAA")).toEqual(["NXDOMAIN"]);
});

test("SRV names each host and its port, with the addresses beside them", () => {
	const reply = answerQuestion({ name: "_peer._tcp.peers.m.svc.cluster.local", type: "SRV" }, source);
	expect(reply.answers.map((answer) => answer.type === "SRV" && [answer.data.target, answer.data.port])).toEqual([
		["etcd-0.peers.m.svc.cluster.local", 2380],
		["198-18-2-2.peers.m.svc.cluster.local", 2380],
	]);
	expect(reply.additionals.map((answer) => answer.type === "A" && answer.data)).toEqual(["198.18.1.2", "198.18.2.2"]);
	expect(ask("_client._tcp.etcd.m.svc.cluster.local", "SRV")[1]).toMatchObject({
		target: "etcd.m.svc.cluster.local",
		port: 2379,
	});
	expect(ask("_client._udp.etcd.m.svc.cluster.local", "SRV")).toEqual(["NXDOMAIN"]);
});

test("PTR leads back to the name", () => {
	expect(ask("2.1.18.198.in-addr.arpa", "PTR")).toEqual(["NOERROR", "etcd-0.peers.m.svc.cluster.local"]);
	expect(ask("9.0.19.198.in-addr.arpa", "PTR")).toEqual(["NOERROR", "etcd.m.svc.cluster.local"]);
	expect(ask("1.1.1.1.in-addr.arpa", "PTR")).toEqual(["NXDOMAIN"]);
});

test("the machine itself may use short names", () => {
	expect(lookUp("etcd.m", source)).toEqual(["198.19.0.9"]);
	expect(lookUp("etcd.m.svc", source)).toEqual(["198.19.0.9"]);
	expect(lookUp("nobody.m", source)).toEqual([]);
});
