import { expect, test } from "vitest";
import { backendsOf, servicePorts } from "./service-ports.ts";

const spec = {
	clusterIP: "198.19.0.5",
	ports: [
		{ name: "client", port: 2379, targetPort: 12379 },
		{ name: "dns", port: 53, protocol: "UDP" },
	],
};

test("TCP ports of a Service that has an address", () => {
	expect(servicePorts({ spec })).toEqual([{ address: "198.19.0.5", port: 2379, name: "client" }]);
	expect(servicePorts({ spec: { ...spec, clusterIP: "None" } })).toEqual([]);
	expect(servicePorts({ spec: { type: "ExternalName", externalName: "x" } })).toEqual([]);
	expect(servicePorts({})).toEqual([]);
});

test("ready endpoints, by the port's name", () => {
	const port = { address: "198.19.0.5", port: 2379, name: "client" };
	const ports = [
		{ name: "peer", port: 2380 },
		{ name: "client", port: 12379 },
	];
	const subsets = [
		{ addresses: [{ ip: "198.18.1.2" }], notReadyAddresses: [{ ip: "198.18.1.3" }], ports },
		{ addresses: [{ ip: "198.18.1.4" }], ports: [{ name: "peer", port: 2380 }] },
	];
	expect(backendsOf(port, { subsets })).toEqual([{ address: "198.18.1.2", port: 12379 }]);
	expect(backendsOf(port, undefined)).toEqual([]);
	expect(
		backendsOf({ ...port, name: "" }, { subsets: [{ addresses: [{ ip: "1.1.1.1" }], ports: [{ port: 9 }] }] }),
	).toEqual([{ address: "1.1.1.1", port: 9 }]);
});
