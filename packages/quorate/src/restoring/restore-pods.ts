import type { EnvVar, Pod, PodSpec } from "kubernetes-types/core/v1";
import { type ClusterView, claimName } from "../cluster/cluster-view.ts";
import { etcdContainer, type MemberFacts } from "./etcd-facts.ts";

/** Its value is the pod of the StatefulSet whose volume is held. */
const RESTORE_LABEL = "quorate.io/restores";

export const shellPodName = (pod: string): string => `quorate-restore-${pod}`;
export const etcdutlPodName = (pod: string): string => `quorate-etcdutl-${pod}`;

/** Within the data's own volume, so that what is restored there need only be renamed. */
export const workFolder = ({ mount }: MemberFacts): string => `${mount.mountPath.replace(/\/+$/, "")}/.quorate-restore`;

interface ForMember {
	readonly view: ClusterView;
	readonly ordinal: number;
	readonly pod: string;
	readonly facts: MemberFacts;
}

/** Holds a member's volume while etcd does not run, with a shell to work in it. */
export function shellPod(member: ForMember, image: string): Pod {
	return podOn(member, shellPodName(member.pod), image, ["sleep", "86400"], {});
}

/** Beside the former, on its node: a volume may be at one node only. */
export function etcdutlPod(
	member: ForMember,
	image: string,
	command: readonly string[],
	env: readonly EnvVar[] = [],
): Pod {
	const beside = {
		labelSelector: { matchLabels: { [RESTORE_LABEL]: member.pod } },
		topologyKey: "kubernetes.io/hostname",
	};
	const pod = podOn(member, etcdutlPodName(member.pod), image, command, {
		affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [beside] } },
	});
	delete pod.metadata?.labels;
	delete pod.spec?.initContainers;
	for (const container of pod.spec?.containers ?? []) if (env.length > 0) container.env = [...env];
	return pod;
}

/** With the rights and tolerations of the pods that wrote the data, and what makes the volume theirs. */
function podOn(
	{ view, ordinal, pod, facts }: ForMember,
	name: string,
	image: string,
	command: readonly string[],
	more: Partial<PodSpec>,
): Pod {
	const { namespace, name: set } = view.statefulSet;
	const { template, container } = etcdContainer(view);
	const spec = template.spec;
	const { mount } = facts;
	const owners = (spec?.initContainers ?? []).filter(
		({ volumeMounts = [], restartPolicy }) =>
			restartPolicy === undefined && volumeMounts.length > 0 && volumeMounts.every((m) => m.name === mount.name),
	);
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace, labels: { [RESTORE_LABEL]: pod } },
		spec: {
			restartPolicy: "Never",
			terminationGracePeriodSeconds: 1,
			automountServiceAccountToken: false,
			...(spec?.nodeSelector ? { nodeSelector: spec.nodeSelector } : {}),
			...(spec?.tolerations ? { tolerations: spec.tolerations } : {}),
			...(spec?.securityContext ? { securityContext: spec.securityContext } : {}),
			...(spec?.imagePullSecrets ? { imagePullSecrets: spec.imagePullSecrets } : {}),
			...(owners.length > 0 ? { initContainers: owners } : {}),
			...more,
			containers: [
				{
					name: "restore",
					image,
					...(container.securityContext ? { securityContext: container.securityContext } : {}),
					command: [...command],
					volumeMounts: [mount],
				},
			],
			volumes: [
				{ name: mount.name, persistentVolumeClaim: { claimName: claimName({ name: set }, mount.name, ordinal) } },
			],
		},
	};
}
