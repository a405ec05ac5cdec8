import type { MemberClient } from "../../etcd/member-client.ts";
import { type Seen, seen, unseen, type VolumesHealth } from "../surroundings.ts";

const PREFIX = "/openebs.io/mayastor/apis/";
const PAGE = 500;
/** Beyond it looking takes too long for what it is worth. */
const MOST_KEYS = 50_000;

interface VolumeSpec {
	uuid?: string;
	num_replicas?: number;
	target?: { nexus?: string } | null;
}

interface NexusInfo {
	children?: { healthy?: boolean }[];
}

/** Volumes whose nexus has a child that is not healthy, or fewer than it should: Mayastor writes it down before it goes on. */
export async function readVolumes(
	client: Pick<MemberClient, "range">,
	options: { signal?: AbortSignal } = {},
): Promise<Seen<VolumesHealth>> {
	try {
		const [first] = (await client.range({ ...prefixed(PREFIX), limit: 1, keysOnly: true, serializable: true }, options))
			.kvs;
		const root = first && /^.*?\/namespaces\/[^/]+\//.exec(Buffer.from(first.key).toString())?.[0];
		if (root === undefined) return unseen("Mayastor keeps nothing in this etcd");
		const specs = await readAll<VolumeSpec>(client, `${root}VolumeSpec/`, options);
		const infos = await readAll<NexusInfo>(client, `${root}volume/`, options);
		const degraded = [...specs.values()].flatMap(({ uuid = "?", num_replicas = 1, target }) => {
			const nexus = target?.nexus;
			const children = nexus && infos.get(`${root}volume/${uuid}/nexus/${nexus}/info`)?.children;
			if (!children) return [];
			return children.filter((child) => child.healthy).length < num_replicas ? [uuid] : [];
		});
		return seen({ volumes: specs.size, degraded });
	} catch (error) {
		options.signal?.throwIfAborted();
		return unseen(error instanceof Error ? error.message : String(error));
	}
}

async function readAll<T>(
	client: Pick<MemberClient, "range">,
	prefix: string,
	options: { signal?: AbortSignal },
): Promise<Map<string, T>> {
	const found = new Map<string, T>();
	const { rangeEnd, ...begin } = prefixed(prefix);
	let key: Uint8Array = begin.key;
	for (let read = 0; ; ) {
		const page = await client.range({ key, rangeEnd, limit: PAGE, serializable: true }, options);
		for (const kv of page.kvs) {
			const value = parsed<T>(Buffer.from(kv.value).toString());
			if (value !== undefined) found.set(Buffer.from(kv.key).toString(), value);
		}
		const last = page.kvs.at(-1);
		if (!page.more || !last) return found;
		read += page.kvs.length;
		if (read > MOST_KEYS) throw new Error(`Mayastor keeps more than ${MOST_KEYS} keys here`);
		key = Buffer.concat([last.key, Buffer.from([0])]);
	}
}

function prefixed(prefix: string): { key: Uint8Array; rangeEnd: Uint8Array } {
	const rangeEnd = Buffer.from(prefix);
	rangeEnd[rangeEnd.length - 1] = (rangeEnd.at(-1) ?? 0) + 1;
	return { key: Buffer.from(prefix), rangeEnd };
}

function parsed<T>(text: string): T | undefined {
	try {
		return JSON.parse(text) as T;
	} catch {
		return undefined;
	}
}
