import { readFile } from "node:fs/promises";
import { usage } from "./usage.ts";

/** etcdctl's flags, each a file. */
export interface EtcdFlags {
	cacert?: string;
	cert?: string;
	key?: string;
	serverName?: string;
}

/**
 * Reads the files. Undefined: none was named, etcd is spoken to in plain text.
 *
 * @throws {QuorateError} Usage
 */
export async function readEtcdTls(flags: EtcdFlags) {
	const { cacert, cert, key, serverName } = flags;
	if ((cert === undefined) !== (key === undefined))
		throw usage(
			"reading --cert and --key",
			"one is given without the other",
			"give the certificate and its key, both as files",
		);
	if (cacert === undefined && cert === undefined) return undefined;
	return {
		...(cacert === undefined ? {} : { ca: await read("--cacert", cacert) }),
		...(cert === undefined ? {} : { cert: await read("--cert", cert) }),
		...(key === undefined ? {} : { key: await read("--key", key) }),
		serverName: serverName ?? "localhost",
	};
}

async function read(flag: string, file: string): Promise<string> {
	const text = await readFile(file, "utf8").catch((error: Error) => {
		throw usage(`reading ${flag}`, error.message, "name a file in PEM that this user may read");
	});
	if (text.includes("-----BEGIN ")) return text;
	throw usage(`reading ${flag}`, `${file} holds nothing in PEM`, "a file in PEM begins with -----BEGIN");
}
