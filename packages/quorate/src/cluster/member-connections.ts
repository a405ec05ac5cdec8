import type { Duplex } from "node:stream";
import { connectMember } from "../etcd/connect.ts";
import { EtcdError, type MemberClient, type MemberClientOptions } from "../etcd/member-client.ts";
import type { PodFacts } from "./start/environment.ts";

type MemberTls = NonNullable<MemberClientOptions["tls"]>;

/** Milliseconds that one member may take to give out a token. */
const BORROW_TIMEOUT = 2000;

/** How etcd is spoken to; what is not given is found in the StatefulSet's own Secrets. */
export interface EtcdAccess {
	/**
	 * PEM. `serverName`: that all members' certificates must cover. @default each pod's own name. `from`: what the certificates are called
	 * in messages, such as the names of their files
	 */
	tls?: Omit<MemberTls, "serverName" | "isMembers"> & { serverName?: string; from?: { ca?: string; cert?: string } };
	auth?: { username: string; password: string };
	/** Secret with the keys `username` and `password`, of etcd's user */
	userSecret?: string;
}

/** A pod whose etcd is spoken to; `facts`: as it is now. @default as its template makes it */
interface SpokenTo {
	readonly name: string;
	readonly facts?: PodFacts | undefined;
}

/** The same, ready for use. */
export interface MemberAccess {
	/** undefined: plain text */
	readonly tls?: (pod: SpokenTo) => MemberTls;
	readonly auth?: NonNullable<EtcdAccess["auth"]>;
}

/** One connection to each pod's etcd, opened on first use and kept; a pod that was made anew gets a new one. */
export class MemberConnections {
	readonly #dial: (pod: string) => Promise<Duplex>;
	readonly #access: MemberAccess;
	readonly #open = new Map<string, { uid: string; client: MemberClient }>();
	readonly #failures = new Map<string, EtcdError>();

	constructor(dial: (pod: string) => Promise<Duplex>, access: MemberAccess = {}) {
		this.#dial = dial;
		this.#access = access;
	}

	to(pod: SpokenTo & { readonly uid: string }): MemberClient {
		const open = this.#open.get(pod.name);
		if (open?.uid === pod.uid) return open.client;
		open?.client.close();
		const client = this.#connect(pod, this.#access);
		this.#open.set(pod.name, { uid: pod.uid, client });
		return client;
	}

	/** One that names no user, for asking whether etcd wants one; the caller closes it. */
	anonymous(pod: SpokenTo): MemberClient {
		const { tls } = this.#access;
		return this.#connect(pod, tls ? { tls } : {});
	}

	/** The last failure of each pod's member, by its pod; one that answered since may be among them. */
	get failures(): readonly EtcdError[] {
		return [...this.#failures.values()];
	}

	close(): void {
		for (const { client } of this.#open.values()) client.close();
		this.#open.clear();
	}

	/** A learner gives out no token, but takes one of a voter's. */
	async #borrowToken(learner: string): Promise<string | undefined> {
		const { auth } = this.#access;
		for (const [pod, { client }] of this.#open) {
			if (pod === learner || !auth) continue;
			const token = await client
				.authenticate(auth.username, auth.password, { timeoutMs: BORROW_TIMEOUT })
				.catch((error: unknown) => {
					// the next one may give one out; where none does, etcd itself says what it wants
					if (error instanceof EtcdError) return undefined;
					throw error;
				});
			if (token !== undefined) return token;
		}
		return undefined;
	}

	#connect(pod: SpokenTo, { tls, auth }: MemberAccess): MemberClient {
		const { name } = pod;
		return connectMember({
			name,
			onFailure: (error) => this.#failures.set(name, error),
			dial: () => this.#dial(name),
			...(tls ? { tls: tls(pod) } : {}),
			...(auth ? { auth: { ...auth, borrowToken: () => this.#borrowToken(name) } } : {}),
		});
	}
}
