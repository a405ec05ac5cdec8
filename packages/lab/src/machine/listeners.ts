import { readFile } from "node:fs/promises";

/** Where something in a network namespace listens on a port, as one sees it who dials localhost in there. */
export type Listening = "on every address" | "on localhost" | "on another address" | "nowhere";

const LISTEN = "0A";
/** Addresses as the kernel prints them: in words of four bytes, each the machine's way round (little-endian). */
const ANY = ["00000000", "00000000000000000000000000000000"];
const LOCALHOST = [
	"0100007F",
	"00000000000000000000000001000000", // ::1
	"0000000000000000FFFF00000100007F", // ::ffff:127.0.0.1
];

/** @param pid any process in the namespace */
export async function listening(pid: number, port: number): Promise<Listening> {
	const tables = await Promise.all(["tcp", "tcp6"].map((table) => readTable(`/proc/${pid}/net/${table}`)));
	return listeningIn(tables.join("\n"), port);
}

/** @param table what /proc/net/tcp and tcp6 hold */
export function listeningIn(table: string, port: number): Listening {
	const wanted = port.toString(16).toUpperCase().padStart(4, "0");
	const addresses = table.split("\n").flatMap((line) => {
		const [, local = "", , state] = line.trim().split(/\s+/);
		const [address = "", at] = local.split(":");
		return state === LISTEN && at === wanted ? [address] : [];
	});
	if (addresses.some((address) => ANY.includes(address))) return "on every address";
	if (addresses.some((address) => LOCALHOST.includes(address))) return "on localhost";
	return addresses.length > 0 ? "on another address" : "nowhere";
}

/** A machine without IPv6 has no table of it. */
async function readTable(path: string): Promise<string> {
	try {
		return await readFile(path, "utf8");
	} catch (error) {
		if (path.endsWith("tcp6") && error instanceof Error && "code" in error && error.code === "ENOENT") return "";
		throw error;
	}
}
