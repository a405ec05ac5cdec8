import type { Duplex } from "node:stream";
import { connectMember } from "../etcd/connect.ts";
import type { MemberClient, MemberClientOptions } from "../etcd/member-client.ts";

/** How etcd is spoken to, where it is not plain text. */
export interface EtcdAccess {
	tls?: NonNullable<MemberClientOptions["tls"]>;
	auth?: NonNullable<MemberClientOptions["auth"]>;
}

/** One connection to each pod's etcd, opened on first use and kept; a pod that was made anew gets a new one. */
export class MemberConnections {
	readonly #dial: (pod: string) => Promise<Duplex>;
	readonly #access: EtcdAccess;
	readonly #open = new Map<string, { uid: string; client: MemberClient }>();

	constructor(dial: (pod: string) => Promise<Duplex>, access: EtcdAccess = {}) {
		this.#dial = dial;
		this.#access = access;
	}

	to(pod: { name: string; uid: string }): MemberClient {
		const open = this.#open.get(pod.name);
		if (open?.uid === pod.uid) return open.client;
		open?.client.close();
		const client = connectMember({ name: pod.name, dial: () => this.#dial(pod.name), ...this.#access });
		this.#open.set(pod.name, { uid: pod.uid, client });
		return client;
	}

	close(): void {
		for (const { client } of this.#open.values()) client.close();
		this.#open.clear();
	}
}
