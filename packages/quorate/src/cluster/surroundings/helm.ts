import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Secret } from "kubernetes-types/core/v1";
import type { StatefulSetView } from "../cluster-view.ts";
import type { ClusterAccess } from "../observe.ts";
import { SECRETS } from "../resources.ts";
import { type ReleaseView, type Seen, seen, unseen } from "../surroundings.ts";
import { why } from "./kubernetes.ts";

const PREFIX = "Helm release ";

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
	try {
		const { items } = await client.list<Secret>(SECRETS, { namespace, labelSelector, ...options });
		const data = items[0]?.data?.release;
		if (data === undefined) return unseen(`no Secret of Helm's tells of release ${name}`);
		const zipped = Buffer.from(Buffer.from(data, "base64").toString("latin1"), "base64");
		const release = JSON.parse((await promisify(gunzip)(zipped)).toString("utf8")) as Release;
		return seen(await releaseView(release, set.name));
	} catch (error) {
		if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code?.startsWith("Z_"))
			return unseen(`the Secret of Helm's release ${name} cannot be read`);
		return why(error, "secrets");
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
