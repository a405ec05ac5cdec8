import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Secret } from "kubernetes-types/core/v1";
import type { StatefulSetView } from "../cluster-view.ts";
import type { ClusterAccess } from "../observe.ts";
import { listObjects } from "../read-objects.ts";
import { SECRETS } from "../resources.ts";
import { type ReleaseView, type Seen, seen, unseen } from "../surroundings.ts";
import { why } from "./kubernetes.ts";

const unzip = promisify(gunzip);

/** Bytes of a release; a Secret holds at most 1 MiB of it, zipped. */
const LARGEST = 64 << 20;

/** As Helm 3 keeps it, of what matters here. */
interface Release {
	manifest: string;
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
	const release = set.managers.find((one) => one.release)?.release;
	if (!release) return unseen("no release of Helm's manages the StatefulSet");
	const { name } = release;
	const labelSelector = `owner=helm,status=deployed,name=${name}`;
	let data: string | undefined;
	try {
		const items = await listObjects<Secret>(client, SECRETS, {
			namespace: release.namespace ?? namespace,
			labelSelector,
			...options,
		});
		data = items[0]?.data?.release;
	} catch (error) {
		return why(error, "secrets");
	}
	if (data === undefined) return unseen(`no Secret of Helm's tells of release ${name}`);
	const decoded = await decodeRelease(data);
	const { manifestReplicas } = await import("./helm-manifest.ts");
	const replicas = decoded && manifestReplicas(decoded.manifest, set.name);
	return replicas ? seen({ ...replicas, value: replicaValue(decoded) }) : unseen(unreadable(name));
}

const unreadable = (name: string) => `the Secret of Helm's release ${name} cannot be read`;

/** Undefined: it is not what Helm writes. Anyone who may write Secrets may have put it there. */
async function decodeRelease(data: string): Promise<Release | undefined> {
	const zipped = Buffer.from(Buffer.from(data, "base64").toString("latin1"), "base64");
	let release: Partial<Record<keyof Release, unknown>> | null;
	try {
		release = JSON.parse((await unzip(zipped, { maxOutputLength: LARGEST })).toString("utf8"));
	} catch (error) {
		if (error instanceof SyntaxError || isZlibError(error)) return undefined;
		throw error;
	}
	return typeof release?.manifest === "string" ? (release as Release) : undefined;
}

/** Damaged, cut, or larger than it may be. */
const isZlibError = (error: unknown): boolean =>
	error instanceof Error && "code" in error && /^(Z_|ERR_BUFFER_TOO_LARGE$)/.test(String(error.code));

function replicaValue({ config, chart }: Release): string | undefined {
	const given = [config, chart?.values];
	if (given.some((values) => values?.etcd?.replicaCount !== undefined)) return "etcd.replicaCount";
	return given.some((values) => values?.replicaCount !== undefined) ? "replicaCount" : undefined;
}
