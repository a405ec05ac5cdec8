import * as dnsPacket from "dns-packet";
import type { Endpoints } from "kubernetes-types/core/v1";
import { expect, test } from "vitest";
import { reply } from "./dns.ts";
import type { NameSource } from "./dns-answers.ts";

const addresses = Array.from({ length: 60 }, (_, n) => ({ ip: `198.18.1.${n + 2}` }));
const endpoints: Endpoints = { subsets: [{ addresses }] };
const source: NameSource = {
	hasNamespace: () => true,
	service: (namespace, name) => ({ metadata: { name, namespace }, spec: { clusterIP: "None" } }),
	endpoints: () => endpoints,
	allServices: () => [],
};
const ask = (name: string, overUdp: boolean, additionals: dnsPacket.Answer[] = []) => {
	const flags = dnsPacket.RECURSION_DESIRED;
	const query = dnsPacket.encode({ type: "query", id: 7, flags, questions: [{ type: "A", name }], additionals });
	const bytes = reply(query, source, overUdp);
	if (!bytes) throw new Error("no reply");
	return { bytes, packet: dnsPacket.decode(bytes) };
};

test("an answer that does not fit into a datagram says so, and comes whole over TCP", () => {
	const udp = ask("x.m.svc.cluster.local", true);
	expect(udp.bytes.length).toBeLessThanOrEqual(512);
	expect(udp.packet.flag_tc).toBe(true);
	const tcp = ask("x.m.svc.cluster.local", false);
	expect(tcp.packet.answers).toHaveLength(60);
	expect(tcp.packet).toMatchObject({ id: 7, flag_qr: true, flag_rd: true, flag_tc: false });
});

test("an asker that takes larger datagrams gets them", () => {
	const opt = { type: "OPT", name: ".", udpPayloadSize: 4096, flags: 0, options: [] } as never;
	const { packet } = ask("x.m.svc.cluster.local", true, [opt]);
	expect(packet.answers).toHaveLength(60);
	expect(packet.additionals?.map(({ type }) => type)).toEqual(["OPT"]);
});

test("what does not exist comes with the zone's record", () => {
	const { packet } = ask("example.org", true);
	expect(packet).toMatchObject({ rcode: "NXDOMAIN", answers: [] });
	expect(packet.authorities?.map(({ type }) => type)).toEqual(["SOA"]);
});

test("bytes that are no question get no answer", () => {
	expect(reply(Buffer.from("nonsense"), source, true)).toBeUndefined();
	expect(reply(Buffer.alloc(0), source, true)).toBeUndefined();
	const response = dnsPacket.encode({ type: "response", id: 1, questions: [] });
	expect(reply(response, source, true)).toBeUndefined();
});
