import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Secret } from "kubernetes-types/core/v1";
import type { StatefulSetView } from "../cluster-view.ts";
import type { ClusterAccess } from "../observe.ts";
import { listObjects } from "../read-objects.ts";
import { SECRETS } from "../resources.ts";
import { type ReleaseView, type Seen, seen, unseen } from "../surroundings.ts";
import { why } from "./kubernetes.ts";

const PREFIX = "Helm release ";
/** Bytes of a release; a Secret holds at most 1 MiB of it, zipped. */
const LARGEST = 64 << 20;

/** As Helm 3 keeps it, of what matters here. */
interface Release {
	manifest?: string;
	config?: Values;
	chart?: { values?: Values };
}

type Values = { replicaCount?: unknown; etcd?: { replicaCount?: unknown } } | undefined | null;

/** What the release rendered last, which the next upgrade renders again unless its values change. */
export async function readRelease(
	{ client, namespace }: ClusterAccess,
	set: StatefulSetView,
	options: { signal?: AbortSignal },
): Promise<Seen<ReleaseView>> {
	if (!set.managedBy?.startsWith(PREFIX)) return unseen("no release of Helm's manages the StatefulSet");
	const name = set.managedBy.slice(PREFIX.length);
	const labelSelector = `owner=helm,status=deployed,name=${name}`;
	let data: string | undefined;
	try {
		const items = await listObjects<Secret>(client, SECRETS, { namespace, labelSelector, ...options });
		data = items[0]?.data?.release;
	} catch (error) {
		return why(error, "secrets");
	}
	if (data === undefined) return unseen(`no Secret of Helm's tells of release ${name}`);
	try {
		const zipped = Buffer.from(Buffer.from(data, "base64").toString("latin1"), "base64");
		const text = (await promisify(gunzip)(zipped, { maxOutputLength: LARGEST })).toString("utf8");
		return seen(await releaseView(JSON.parse(text) as Release, set.name));
	} catch {
		// zlib, JSON, YAML and whatever stands where something else should: all of it is the same to whoever reads this
		return unseen(`the Secret of Helm's release ${name} cannot be read`);
	}
}

async function releaseView({ manifest = "", config, chart }: Release, statefulSet: string): Promise<ReleaseView> {
	const { parseAllDocuments } = await import("yaml");
	const objects = parseAllDocuments(manifest).map((document) => document.toJS());
	const set = objects.find((object) => object?.kind === "StatefulSet" && object?.metadata?.name === statefulSet);
	const replicas = set && Number(set.spec?.replicas ?? 1);
	const given = [config, chart?.values];
	const value = given.some((values) => values?.etcd?.replicaCount !== undefined)
		? "etcd.replicaCount"
		: given.some((values) => values?.replicaCount !== undefined)
			? "replicaCount"
			: undefined;
	return { replicas, value };
}
