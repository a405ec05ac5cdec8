import { readFile } from "node:fs/promises";

/** What a request carries to say who asks. */
export interface Identity {
	headers: Record<string, string>;
	/** PEM; where the user has none of its own but a plugin issued one */
	cert?: string;
	key?: string;
}

/** Says who asks; asked again for every request, so that what expires is renewed in time. */
export interface Credentials {
	identity(): Promise<Identity>;
	/** The server did not accept the last identity. True: another may be had, so asking once more makes sense. */
	rejected(): boolean;
}

/** A token, a name and password, or nothing (a client certificate, or nobody): what never changes. */
export function fixedCredentials(headers: Record<string, string> = {}): Credentials {
	const identity = { headers };
	return { identity: async () => identity, rejected: () => false };
}

export function bearer(token: string): Record<string, string> {
	return { authorization: `Bearer ${token}` };
}

export function basic(username: string, password: string): Record<string, string> {
	return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
}

/** How long a token read from a file is used before it is read again; kubelets renew them long before they expire. */
const REREAD_MS = 60_000;

/**
 * A token in a file that is replaced from time to time: that of a service account.
 *
 * @param fallback used while the file cannot be read
 */
export function fileCredentials(file: string, fallback?: string): Credentials {
	let token = fallback;
	let readAt = Number.NEGATIVE_INFINITY;
	let stale = false;
	return {
		async identity() {
			if (stale || performance.now() - readAt >= REREAD_MS) {
				try {
					token = (await readFile(file, "utf8")).trim();
				} catch (error) {
					if (token === undefined) throw error;
				}
				readAt = performance.now();
				stale = false;
			}
			return { headers: token === undefined ? {} : bearer(token) };
		},
		rejected() {
			stale = true;
			return true;
		},
	};
}
