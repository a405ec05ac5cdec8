import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import * as dnsPacket from "dns-packet";
import { answerQuestion, type NameSource, TTL, ZONE } from "./dns-answers.ts";

/** What fits into an answer over UDP where the asker does not say that it takes more. */
const UDP_SIZE = 512;

export interface DnsServer {
	close(): Promise<void>;
}

/** The machine's name server, on UDP and TCP port 53. */
export async function startDns(address: string, source: NameSource): Promise<DnsServer> {
	const udp = createSocket("udp4");
	udp.on("message", (message, { address, port }) => {
		const answer = reply(message, source, true);
		if (answer) udp.send(answer, port, address, () => {});
	});
	const sockets = new Set<Socket>();
	const tcp = createServer((socket) => {
		sockets.add(socket);
		socket.on("close", () => sockets.delete(socket));
		serve(socket, source);
	});
	udp.bind(53, address);
	tcp.listen(53, address);
	await Promise.all([once(udp, "listening"), once(tcp, "listening")]);
	udp.on("error", () => {});
	return {
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await Promise.all([new Promise<void>((done) => udp.close(done)), new Promise((done) => tcp.close(done))]);
		},
	};
}

/** Over TCP every message has its length before it. */
function serve(socket: Socket, source: NameSource): void {
	let waiting: Buffer = Buffer.alloc(0);
	socket.setTimeout(10_000, () => socket.destroy());
	socket.on("error", () => {});
	socket.on("data", (chunk) => {
		waiting = Buffer.concat([waiting, chunk]);
		while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
			const length = waiting.readUInt16BE(0);
			const answer = reply(waiting.subarray(2, 2 + length), source, false);
			waiting = waiting.subarray(2 + length);
			if (!answer) return socket.destroy();
			const head = Buffer.alloc(2);
			head.writeUInt16BE(answer.length);
			socket.write(Buffer.concat([head, answer]));
		}
	});
}

/** The bytes to send back; undefined where the bytes that came are no question. */
export function reply(message: Buffer, source: NameSource, overUdp: boolean): Buffer | undefined {
	const query = decode(message);
	const question = query?.questions?.[0];
	if (query?.type !== "query" || !question) return undefined;
	const { code, answers, additionals } = answerQuestion(question, source);
	const extended = query.additionals?.find((one) => one.type === "OPT");
	const limit = overUdp ? Math.max(UDP_SIZE, extended?.type === "OPT" ? extended.udpPayloadSize : 0) : 65_535;
	const opt: dnsPacket.Answer[] = extended
		? [{ type: "OPT", name: ".", udpPayloadSize: 1232, flags: 0, options: [] } as never]
		: [];
	const flags = dnsPacket.AUTHORITATIVE_ANSWER | (dnsPacket.RECURSION_DESIRED & (query.flags ?? 0));
	const head = {
		type: "response" as const,
		id: query.id ?? 0,
		flags: flags | dnsPacket.RECURSION_AVAILABLE | (code === "NXDOMAIN" ? 3 : 0),
		questions: [question],
	};
	// Resolvers keep "there is none" for as long as the zone's record says.
	const authorities: dnsPacket.Answer[] = answers.length === 0 ? [startOfAuthority] : [];
	const whole = dnsPacket.encode({ ...head, answers, authorities, additionals: [...additionals, ...opt] });
	if (whole.length <= limit) return whole;
	const without = dnsPacket.encode({ ...head, answers, authorities, additionals: opt });
	if (without.length <= limit) return without;
	return dnsPacket.encode({ ...head, flags: head.flags | dnsPacket.TRUNCATED_RESPONSE, answers: [], additionals: opt });
}

const startOfAuthority: dnsPacket.Answer = {
	type: "SOA",
	name: ZONE,
	ttl: TTL,
	data: {
		mname: `ns.dns.${ZONE}`,
		rname: `hostmaster.${ZONE}`,
		serial: 1,
		refresh: 7200,
		retry: 1800,
		expire: 86_400,
		minimum: TTL,
	},
};

function decode(message: Buffer) {
	try {
		return dnsPacket.decode(message);
	} catch {
		return undefined;
	}
}
