import { createHash } from "node:crypto";
import type { Container, Pod, PodTemplateSpec } from "kubernetes-types/core/v1";
import { type CleanerOrigin, type CleanerView, isClaimOf, type VolumeTask } from "./cluster-view.ts";
import { clusterMark, ownerMark } from "./data-owner.ts";
import { podView } from "./pod-view.ts";
import { FOLDER, parseReport, SCRIPT } from "./volume-script.ts";

/** Its value is the task. A label's value may have 63 characters, a claim's name 253. */
const TASK_LABEL = "quorate.io/volume-task";
/** The claim whose volume the pod mounts. */
const CLAIM_ANNOTATION = "quorate.io/claim";
/** `UID/GENERATION/CLAIM_UID`: of the StatefulSet that it was made for, and of the claim. */
const ORIGIN_ANNOTATION = "quorate.io/made-for";
/** As earlier releases of Quorate marked their pods, with the claim as the value. */
const EARLIER_LABEL = "quorate.io/empties";
const CONTAINER = "clean";

const MOST_NAME = 63;

/** `quorate-empty-data-mayastor-etcd-3`; a longer one is cut, and told apart by a hash. */
function cleanerName(task: VolumeTask, claim: string): string {
	const name = `quorate-${task}-${claim}`;
	if (name.length <= MOST_NAME) return name;
	const hash = createHash("sha256").update(name).digest("hex").slice(0, 10);
	return `${name.slice(0, MOST_NAME - hash.length - 1).replace(/[-.]+$/, "")}-${hash}`;
}

/** Whose data must lie in the volume for anything to be done with it. */
export interface ExpectedData {
	readonly cluster: bigint;
	/** undefined: anyone's who has left the cluster */
	readonly member: bigint | undefined;
	/** members of the cluster: their data is never touched */
	readonly present: readonly bigint[];
	/** a volume that holds files, but no write-ahead log, is another one */
	readonly mustHoldLog: boolean;
}

export interface CleanerTask {
	readonly task: VolumeTask;
	readonly namespace: string;
	readonly claim: string;
	/** where the volume is; undefined: it can be reached from any node */
	readonly node: string | undefined;
	readonly expected: ExpectedData;
	readonly madeFor: CleanerOrigin;
}

/**
 * A pod that looks into a volume or empties it: of the image that the node has already, with the account, rights, resources and tolerations of
 * the pods that wrote the data, so that what admits those admits it. Needs a shell in the image.
 */
export function cleanerPod(template: PodTemplateSpec, container: string, todo: CleanerTask): Pod {
	const spec = template.spec;
	const etcd = spec?.containers.find(({ name }) => name === container);
	const { task, claim, namespace, node, expected, madeFor } = todo;
	const same = <Field extends keyof Container>(field: Field) => (etcd?.[field] ? { [field]: etcd[field] } : {});
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: {
			name: cleanerName(task, claim),
			namespace,
			labels: { [TASK_LABEL]: task, "sidecar.istio.io/inject": "false" },
			annotations: {
				[CLAIM_ANNOTATION]: claim,
				[ORIGIN_ANNOTATION]: `${madeFor.uid}/${madeFor.generation}/${madeFor.claimUid}`,
				"linkerd.io/inject": "disabled",
			},
		},
		spec: {
			// a node that is busy may fail to start it ("StartError")
			restartPolicy: "OnFailure",
			terminationGracePeriodSeconds: 0,
			automountServiceAccountToken: false,
			...(node ? { affinity: onlyOn(node) } : {}),
			...(spec?.tolerations ? { tolerations: spec.tolerations } : {}),
			...(spec?.securityContext ? { securityContext: spec.securityContext } : {}),
			...(spec?.serviceAccountName ? { serviceAccountName: spec.serviceAccountName } : {}),
			...(spec?.priorityClassName ? { priorityClassName: spec.priorityClassName } : {}),
			...(spec?.runtimeClassName ? { runtimeClassName: spec.runtimeClassName } : {}),
			...(spec?.imagePullSecrets ? { imagePullSecrets: spec.imagePullSecrets } : {}),
			containers: [
				{
					name: CONTAINER,
					...same("image"),
					...same("imagePullPolicy"),
					...same("resources"),
					...same("securityContext"),
					command: ["sh", "-c", SCRIPT, "quorate", task, ...marks(expected)],
					volumeMounts: [{ name: "volume", mountPath: FOLDER }],
				},
			],
			volumes: [{ name: "volume", persistentVolumeClaim: { claimName: claim } }],
		},
	};
}

function marks({ cluster, member, present, mustHoldLog }: ExpectedData): string[] {
	const mark = member === undefined ? clusterMark(cluster) : ownerMark({ member, cluster });
	const forbidden = present.filter((id) => id !== member).map((id) => ownerMark({ member: id, cluster }));
	return [mustHoldLog ? "log" : "any", mark, ...forbidden];
}

/** By name: the label `kubernetes.io/hostname` may be another, or be missing. */
const onlyOn = (node: string) => ({
	nodeAffinity: {
		requiredDuringSchedulingIgnoredDuringExecution: {
			nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] }],
		},
	},
});

/** Times that it is started again before it counts as failed; Kubernetes waits ten seconds, then twenty, in between. */
const MOST_RESTARTS = 3;

/** Those for claims of one StatefulSet: the run of another one may be at work in the same namespace. */
export const cleanersFor = (
	{ name, templates }: { readonly name: string; readonly templates: readonly string[] },
	pods: readonly Pod[],
): CleanerView[] =>
	pods.flatMap(cleanerView).filter(({ claim }) => templates.some((template) => isClaimOf({ name }, template, claim)));

/** Empty where the pod is none of these. */
export function cleanerView(pod: Pod): CleanerView[] {
	const { name = "", uid = "", labels = {}, annotations = {} } = pod.metadata ?? {};
	const earlier = labels[EARLIER_LABEL];
	const claim = annotations[CLAIM_ANNOTATION] ?? earlier;
	const task = labels[TASK_LABEL];
	if (claim === undefined || (task !== "look" && task !== "empty" && earlier === undefined)) return [];
	const { phase, restarts, trouble } = podView(pod, -1, CONTAINER);
	const noShell = /executable file not found|no such file or directory/.test(trouble ?? "") && restarts > 0;
	const failed = phase !== "Succeeded" && (restarts >= MOST_RESTARTS || noShell);
	const ended = pod.status?.containerStatuses?.find((status) => status.name === CONTAINER)?.state?.terminated;
	const terms =
		pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
	return [
		{
			pod: name,
			uid,
			claim,
			// one of an earlier release does not look first: it is replaced before it counts
			task: task === "look" ? "look" : "empty",
			madeFor: readOrigin(annotations[ORIGIN_ANNOTATION]),
			node: terms[0]?.matchFields?.[0]?.values?.[0],
			phase: failed ? "Failed" : phase,
			report: phase === "Succeeded" ? parseReport(ended?.message) : undefined,
			trouble,
		},
	];
}

function readOrigin(text = ""): CleanerOrigin | undefined {
	const [uid, generation, claimUid, ...more] = text.split("/");
	if (!uid || !claimUid || more.length > 0 || !/^\d+$/.test(generation ?? "")) return undefined;
	return { uid, generation: Number(generation), claimUid };
}
