import { QuorateError } from "../../errors.ts";
import { certificateFacts, isSignedBy } from "../certificate.ts";
import { describeSource, fileSource, mountedSecrets } from "../container-files.ts";
import type { TlsSettings } from "../etcd-security.ts";
import type { EtcdAccess } from "../member-connections.ts";
import type { Files } from "../secret-files.ts";
import { isKnown } from "../start/environment.ts";
import { type AccessContext, readFile } from "./context.ts";

type Tls = NonNullable<EtcdAccess["tls"]>;
interface Pair {
	cert: string;
	key: string;
}

/**
 * What is not given: the authority, and where etcd wants it, a client's certificate with its key. `from` says where they are from.
 *
 * @throws {QuorateError} EtcdAccessUnknown, Forbidden
 */
export async function findTls(
	context: AccessContext,
	settings: TlsSettings | undefined,
	given: Tls,
): Promise<{ tls: Omit<Tls, "serverName" | "from">; from: { ca?: string; cert?: string } }> {
	const { serverName: _, from = {}, ...tls } = given;
	const sources = { ...from };
	const careless = tls.rejectUnauthorized === false;
	if (tls.ca === undefined && !careless) {
		const authority = await findAuthority(context, settings);
		if (authority) {
			tls.ca = authority.pem;
			sources.ca = authority.from;
		} else if (given.cert === undefined && settings) throw unknown(context, settings, "authority");
	}
	// etcd demands a client's certificate as soon as it is given an authority for them (etcd-io/etcd#16663)
	if (tls.cert === undefined && settings && (settings.clientCertAuth || settings.caFile !== undefined)) {
		const pair = await findClientPair(context, settings);
		if (!pair) throw unknown(context, settings, "client certificate");
		const { from, ...found } = pair;
		sources.cert = from;
		Object.assign(tls, found);
	}
	return { tls, from: sources };
}

/**
 * What the members' certificates are signed by: etcdctl's authority, or what lies beside them. etcd's `trusted-ca-file` is for the
 * certificates of clients: it is taken for servers only if it signed the members' own.
 */
async function findAuthority(
	context: AccessContext,
	settings: TlsSettings | undefined,
): Promise<{ pem: string; from: string } | undefined> {
	const beside = settings?.certFile?.replace(/[^/]*$/, "ca.crt");
	const found = new Map<string, string>();
	for (const path of [beside, etcdctl(context, "ETCDCTL_CACERT")]) {
		const text = await readPem(context, path);
		if (text !== undefined) found.set(text, nameOf(context, path));
	}
	const clients = found.size === 0 ? await readPem(context, settings?.caFile) : undefined;
	const own = clients === undefined ? undefined : await readPem(context, settings?.certFile);
	if (clients !== undefined && own !== undefined && isSignedBy(own, clients))
		found.set(clients, nameOf(context, settings?.caFile));
	if (found.size === 0) return undefined;
	return { pem: [...found.keys()].join("\n"), from: [...found.values()].join(", ") };
}

async function readPem(context: AccessContext, path: string | undefined): Promise<string | undefined> {
	const text = path === undefined ? undefined : await readFile(context, path);
	return text?.includes("-----BEGIN CERTIFICATE") ? text.trim() : undefined;
}

/** `tls.crt of Secret etcd-certs`, or the path where it is in none. */
function nameOf({ template, container }: AccessContext, path = ""): string {
	const source = container && fileSource(template, container, path);
	return source ? describeSource(source) : path;
}

/** A certificate to show, with its key: etcdctl's, the members' own, or any other that is mounted beside them. */
async function findClientPair(
	context: AccessContext,
	settings: TlsSettings,
): Promise<(Pair & { from: string }) | undefined> {
	const named: (readonly [string | undefined, string | undefined])[] = [
		[etcdctl(context, "ETCDCTL_CERT"), etcdctl(context, "ETCDCTL_KEY")],
		[settings.certFile, settings.keyFile],
	];
	for (const [certFile, keyFile] of named) {
		if (certFile === undefined || keyFile === undefined) continue;
		const [cert, key] = [await readFile(context, certFile), await readFile(context, keyFile)];
		if (cert !== undefined && key !== undefined && isClientPair(cert, key))
			return { cert, key, from: nameOf(context, certFile) };
	}
	for (const secret of context.container ? mountedSecrets(context.template, context.container) : []) {
		const pair = pairAmong(await context.files.all("Secret", secret, context.options));
		if (!pair) continue;
		context.secrets.add(secret);
		return { ...pair, from: `of Secret ${secret}` };
	}
	return undefined;
}

function pairAmong(files: Files): Pair | undefined {
	for (const [name, cert] of files ?? []) {
		for (const other of keyNames(name)) {
			const key = files?.get(other);
			if (key !== undefined && isClientPair(cert, key)) return { cert, key };
		}
	}
	return undefined;
}

/** As they are commonly called: tls.crt and tls.key, client.pem and client-key.pem, cert.pem and key.pem. */
const keyNames = (name: string): string[] =>
	[name.replace(/\.(crt|cert|pem)$/, ".key"), name.replace(/\.pem$/, "-key.pem"), name.replace("cert", "key")].filter(
		(other) => other !== name,
	);

function isClientPair(cert: string, key: string): boolean {
	return certificateFacts(cert)?.clientAuth === true && key.includes("PRIVATE KEY-----");
}

function etcdctl({ told }: AccessContext, name: string): string | undefined {
	const text = told?.environment.get(name);
	return text !== "" && isKnown(text) ? text : undefined;
}

function unknown(
	{ set }: AccessContext,
	settings: TlsSettings,
	what: "authority" | "client certificate",
): QuorateError {
	const own = settings.auto && settings.certFile === undefined;
	const authority = what === "authority";
	return new QuorateError("EtcdAccessUnknown", {
		operation: `finding out how the members of ${set.name} are spoken to`,
		message: own
			? "etcd speaks TLS with certificates that each member makes for itself (auto-tls), which nobody can verify"
			: authority
				? "etcd speaks TLS, and no Secret of its pods holds the authority that its certificates are signed by"
				: `etcd takes only clients with a certificate${settings.clientCertAuth ? "" : " (--trusted-ca-file alone demands one)"}, and no Secret of its pods holds one that a client can use`,
		state: "nothing was changed",
		hint: own
			? "agree to that with --insecure-skip-tls-verify"
			: authority
				? "name its file with --cacert"
				: "name the files with --cert and --key",
	});
}
