import { readFile } from "node:fs/promises";
import type { EtcdAccess } from "../../cluster/member-connections.ts";
import { usage } from "./usage.ts";

/** etcdctl's flags, and where a password comes from that must not stand on the command line. */
export interface EtcdFlags {
	/** of the pod; the one that runs etcd */
	container?: string;
	cacert?: string;
	cert?: string;
	key?: string;
	serverName?: string;
	insecureSkipTlsVerify?: boolean;
	user?: string;
	passwordFile?: string;
	userSecret?: string;
}

/**
 * Reads the files, and asks for a password that is in none. Undefined: nothing was given.
 *
 * @param ask asks a person; undefined where nobody can be asked
 * @throws {QuorateError} Usage
 */
export async function readEtcdAccess(
	flags: EtcdFlags,
	ask: ((question: string) => Promise<string>) | undefined,
): Promise<EtcdAccess | undefined> {
	const tls = await readTls(flags);
	const auth = await readUser(flags, ask);
	if (!tls && !auth) return undefined;
	return { ...(tls ? { tls } : {}), ...auth };
}

async function readTls(flags: EtcdFlags): Promise<EtcdAccess["tls"]> {
	const { cacert, cert, key, serverName, insecureSkipTlsVerify } = flags;
	if ((cert === undefined) !== (key === undefined))
		throw usage(
			"reading --cert and --key",
			"one is given without the other",
			"give the certificate and its key, both as files",
		);
	const tls = {
		...(cacert === undefined ? {} : { ca: await readPem("--cacert", cacert) }),
		...(cert === undefined ? {} : { cert: await readPem("--cert", cert) }),
		...(key === undefined ? {} : { key: await readPem("--key", key) }),
		...(serverName === undefined ? {} : { serverName }),
		...(insecureSkipTlsVerify ? { rejectUnauthorized: false } : {}),
	};
	const from = { ...(cacert === undefined ? {} : { ca: cacert }), ...(cert === undefined ? {} : { cert }) };
	if (Object.keys(from).length > 0) return { ...tls, from };
	return Object.keys(tls).length === 0 ? undefined : tls;
}

async function readUser(
	{ user, passwordFile, userSecret }: EtcdFlags,
	ask: ((question: string) => Promise<string>) | undefined,
): Promise<Pick<EtcdAccess, "auth" | "userSecret"> | undefined> {
	if (userSecret !== undefined) {
		if (user === undefined && passwordFile === undefined) return { userSecret };
		throw usage("reading --user-secret", "the user is given twice", "give either --user-secret or --user");
	}
	if (user === undefined) {
		if (passwordFile === undefined) return undefined;
		throw usage("reading --password-file", "whose password it is was not given", "name the user: --user root");
	}
	// as etcdctl takes it: everyone on the machine could read it
	if (user.includes(":"))
		throw usage(
			"reading --user",
			"a password on the command line can be seen by others",
			"give the name alone and be asked for the password, or name its file: --password-file FILE",
		);
	if (user === "") throw usage("reading --user", "the name is empty", "as in: --user root");
	if (passwordFile !== undefined)
		return { auth: { username: user, password: await readPassword("--password-file", passwordFile) } };
	if (!ask)
		throw usage(
			"asking for the password",
			"cannot ask for it: this is not a terminal",
			"name a file with --password-file, or a Secret with --user-secret",
		);
	return { auth: { username: user, password: await ask(`Password of etcd's user ${user}: `) } };
}

/** One line; what an editor or echo puts at its end is no part of it. */
async function readPassword(flag: string, file: string): Promise<string> {
	const text = await readText(flag, file, "name a file that this user may read");
	const password = text.replace(/\r?\n$/, "");
	if (password !== "") return password;
	throw usage(`reading ${flag}`, `${file} is empty`, "it must hold the password, and nothing else");
}

async function readPem(flag: string, file: string): Promise<string> {
	const text = await readText(flag, file, "name a file in PEM that this user may read");
	if (text.includes("-----BEGIN ")) return text;
	throw usage(`reading ${flag}`, `${file} holds nothing in PEM`, "a file in PEM begins with -----BEGIN");
}

const readText = (flag: string, file: string, hint: string): Promise<string> =>
	readFile(file, "utf8").catch((error: Error) => {
		throw usage(`reading ${flag}`, error.message, hint);
	});
