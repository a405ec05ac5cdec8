import type { Pod } from "kubernetes-types/core/v1";
import { expect, it } from "vitest";
import type { Surroundings } from "../machinery/kind.ts";
import type { KubernetesObject } from "../object.ts";
import { admitServiceAccount } from "./pod-service-account.ts";

const around = (account: object | undefined): Surroundings => ({
	time: "",
	all: () => [],
	find: (_group, plural) => (plural === "serviceaccounts" ? (account as KubernetesObject | undefined) : undefined),
});
const admitted = (spec: Partial<Pod["spec"]>, account: object | undefined = {}): Pod => {
	const containers = [{ name: "c", image: "etcd" }];
	const pod: Pod = { metadata: { name: "p", namespace: "n" }, spec: { containers, ...spec } };
	admitServiceAccount(pod, around(account));
	return pod;
};

it("a pod runs as its namespace's default account, and has its token", () => {
	const { spec } = admitted({ initContainers: [{ name: "i", image: "etcd" }] });
	expect(spec).toMatchObject({ serviceAccountName: "default", serviceAccount: "default" });
	const [volume] = spec?.volumes ?? [];
	expect(volume?.name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
	const mount = { name: volume?.name, readOnly: true, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" };
	expect([spec?.containers[0]?.volumeMounts, spec?.initContainers?.[0]?.volumeMounts]).toEqual([[mount], [mount]]);
	expect(volume?.projected?.sources?.[0]).toEqual({ serviceAccountToken: { expirationSeconds: 3607, path: "token" } });
});

it("unless pod or account will not have it, or something else is mounted there", () => {
	expect(admitted({ automountServiceAccountToken: false }).spec?.volumes).toBeUndefined();
	expect(admitted({}, { automountServiceAccountToken: false }).spec?.volumes).toBeUndefined();
	expect(
		admitted({ automountServiceAccountToken: true }, { automountServiceAccountToken: false }).spec?.volumes,
	).toHaveLength(1);
	const volumeMounts = [{ name: "own", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" }];
	const { spec } = admitted({ containers: [{ name: "c", image: "etcd", volumeMounts }] });
	expect([spec?.volumes, spec?.containers[0]?.volumeMounts]).toEqual([undefined, volumeMounts]);
});

it("no pod without its account", () => {
	const pod: Pod = { metadata: { name: "p", namespace: "n" }, spec: { containers: [], serviceAccountName: "x" } };
	expect(() => admitServiceAccount(pod, around(undefined))).toThrow(
		'pods "p" is forbidden: error looking up service account n/x: serviceaccount "x" not found',
	);
});
