// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a shell's, not JavaScript's
import type { Container, EnvVar } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { environmentOf, expand, isKnown, type KnownObjects, type PodFacts, podFacts, UNKNOWN } from "./environment.ts";

const container = (env: EnvVar[], more: Partial<Container> = {}): Container => ({ name: "etcd", env, ...more });
const field = (name: string, fieldPath: string): EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath } } });
const facts: PodFacts = podFacts(
	{ namespace: "ns", name: "etcd" },
	{ metadata: { labels: { app: "db", zone: "a" }, annotations: { "x/host": "h" } } },
	3,
);
const objects: KnownObjects = new Map([
	[
		"ConfigMap/settings",
		new Map([
			["DOMAIN", "etcd.ns.svc"],
			["ETCD_NAME", "from-map"],
		]),
	],
	["ConfigMap/gone", undefined],
	["Secret/keys", new Map([["host", "secret-host"]])],
]);
const of = (env: EnvVar[], more?: Partial<Container>) => environmentOf(container(env, more), facts, objects);

describe("variables, as the kubelet makes them", () => {
	it.each([
		["metadata.name", "etcd-3"],
		["metadata.namespace", "ns"],
		["metadata.labels['app']", "db"],
		["metadata.labels['statefulset.kubernetes.io/pod-name']", "etcd-3"],
		["metadata.labels['apps.kubernetes.io/pod-index']", "3"],
		["metadata.annotations['x/host']", "h"],
		["spec.serviceAccountName", "default"],
		["status.podIP", UNKNOWN],
		["status.hostIP", UNKNOWN],
		["spec.nodeName", UNKNOWN],
		["metadata.uid", UNKNOWN],
	])("from the field %s", (path, expected) => expect(of([field("X", path)]).get("X")).toBe(expected));

	it.each([
		["metadata.uid", "u-1"],
		["metadata.labels['zone']", "b"],
		["metadata.labels['none']", ""],
		["metadata.annotations['x/host']", "other"],
		["metadata.annotations['none']", ""],
		["spec.nodeName", "node-1"],
		["spec.serviceAccountName", "etcd"],
		["status.podIP", "10.0.0.3"],
		["status.podIPs", "10.0.0.3,fd00::3"],
		["status.hostIP", "192.168.0.1"],
		["status.hostIPs", "192.168.0.1"],
		["spec.unheardOf", UNKNOWN],
	])("from the field %s of a pod that is there", (path, expected) => {
		const pod: PodFacts = {
			...{ name: "etcd-3", namespace: "ns", uid: "u-1", node: "node-1", serviceAccount: "etcd", whole: true },
			...{ labels: { zone: "b" }, annotations: { "x/host": "other" } },
			...{ addresses: ["10.0.0.3", "fd00::3"], hostAddresses: ["192.168.0.1"] },
		};
		expect(environmentOf(container([field("X", path)]), pod).get("X")).toBe(expected);
		const young = { ...pod, addresses: [], hostAddresses: [] };
		if (path.includes("IP")) expect(environmentOf(container([field("X", path)]), young).get("X")).toBe(UNKNOWN);
	});

	it("refer to those that stand before them, and to no others", () => {
		const env = of([
			{ name: "LATE", value: "$(POD).x" },
			field("POD", "metadata.name"),
			{ name: "URL", value: "https://$(POD).$(DOMAIN):2380" },
			{ name: "DOMAIN", value: "etcd" },
			{ name: "SELF", value: "$(SELF)" },
		]);
		expect(env.get("LATE")).toBe("$(POD).x");
		expect(env.get("URL")).toBe("https://etcd-3.$(DOMAIN):2380");
		expect(env.get("SELF")).toBe("$(SELF)");
		expect(env.get("NONE")).toBeUndefined();
	});

	it("come from ConfigMaps and Secrets, whole or by key; those of its own come after", () => {
		const envFrom = [{ configMapRef: { name: "settings" } }, { prefix: "K_", secretRef: { name: "keys" } }];
		const env = of(
			[
				{ name: "URL", value: "http://$(K_host).$(DOMAIN)" },
				{ name: "ETCD_NAME", value: "own" },
				{ name: "KEY", valueFrom: { configMapKeyRef: { name: "settings", key: "DOMAIN" } } },
				{ name: "GONE", valueFrom: { configMapKeyRef: { name: "gone", key: "x", optional: true } } },
				{ name: "MISSING", valueFrom: { configMapKeyRef: { name: "settings", key: "x" } } },
				{ name: "UNREAD", valueFrom: { secretKeyRef: { name: "other", key: "x" } } },
			],
			{ envFrom },
		);
		expect(env.get("URL")).toBe("http://secret-host.etcd.ns.svc");
		expect([env.get("ETCD_NAME"), env.get("KEY"), env.get("GONE")]).toEqual(["own", "etcd.ns.svc", undefined]);
		expect([env.get("MISSING"), env.get("UNREAD")]).toEqual([UNKNOWN, UNKNOWN]);
	});

	it("may be any where not all of them were read, and where Kubernetes adds them", () => {
		expect(of([], { envFrom: [{ configMapRef: { name: "unread" } }] }).get("ANY")).toBe(UNKNOWN);
		expect(of([]).get("ETCD_SERVICE_HOST")).toBe(UNKNOWN);
	});
});

describe("a text that the kubelet expands", () => {
	const env = of([field("POD", "metadata.name"), field("IP", "status.podIP"), { name: "EMPTY", value: "" }]);
	it.each([
		["$(POD).etcd", "etcd-3.etcd"],
		["$$(POD)", "$(POD)"],
		["$$$(POD)", "$etcd-3"],
		["$(NONE)", "$(NONE)"],
		["a$(EMPTY)b", "ab"],
		["$POD ${POD}", "$POD ${POD}"],
		["$(POD", "$(POD"],
		["cost: 5$", "cost: 5$"],
		["$(POD)$(POD)", "etcd-3etcd-3"],
	])("%s", (text, expected) => expect(expand(text, env)).toBe(expected));

	it("is not known where a part of it is not", () => {
		expect(isKnown(expand("https://$(IP):2379", env))).toBe(false);
		expect(isKnown(undefined)).toBe(false);
	});

	it("does not fill the memory", () => {
		const more = Array.from({ length: 60 }, (_, index) => ({
			name: `V${index + 1}`,
			value: `$(V${index})$(V${index})`,
		}));
		expect(of([{ name: "V0", value: "x".repeat(100) }, ...more]).get("V60")?.length ?? 0).toBeLessThan(200_000);
	});
});
