import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, it } from "vitest";
import { listening, listeningIn } from "./listeners.ts";

it.each([
	["127.0.0.1", "on localhost"],
	["0.0.0.0", "on every address"],
	["127.0.0.9", "on another address"],
])("sees that something listens on %s: %s", async (host, where) => {
	const server = createServer().listen(0, host);
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	try {
		expect(await listening(process.pid, port)).toBe(where);
	} finally {
		server.close();
	}
});

it("takes a connection for no listener, and another port for none", () => {
	const connected = "  1: 0100007F:094B 0100007F:E3A0 01 00000000:00000000 00:00000000 00000000";
	const other = "  2: 00000000:094C 00000000:0000 0A 00000000:00000000 00:00000000 00000000";
	expect(listeningIn(`  sl  local_address rem_address   st\n${connected}\n${other}`, 2379)).toBe("nowhere");
});

it("reads addresses of IPv6", () => {
	const line = (address: string) => `  0: ${address}:094B 00000000000000000000000000000000:0000 0A 00000000`;
	expect(listeningIn(line("00000000000000000000000000000000"), 2379)).toBe("on every address");
	expect(listeningIn(line("00000000000000000000000001000000"), 2379)).toBe("on localhost");
	expect(listeningIn(line("000080FE00000000FF57A6705DC771FE"), 2379)).toBe("on another address");
});
