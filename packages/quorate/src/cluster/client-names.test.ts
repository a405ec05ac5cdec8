import type { Container, EnvVar } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { advertisedNames, clientNames } from "./client-names.ts";
import { namedPodFacts, type PodFacts } from "./start/environment.ts";
import { Settings } from "./start/settings.ts";

const field = (name: string, fieldPath: string): EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath } } });
const env: EnvVar[] = [
	field("POD_NAME", "metadata.name"),
	field("POD_NAMESPACE", "metadata.namespace"),
	field("POD_IP", "status.podIP"),
	field("NODE", "spec.nodeName"),
	field("HOST_NAME", "metadata.annotations['x/host']"),
	field("SERVICE", "metadata.labels['service']"),
	{ name: "DOMAIN", valueFrom: { configMapKeyRef: { name: "settings", key: "domain" } } },
	{ name: "SECRET", valueFrom: { secretKeyRef: { name: "unread", key: "x" } } },
];
const objects = new Map([
	["ConfigMap/settings", new Map([["domain", "k8s.example"]])],
	["ConfigMap/all", new Map([["SUFFIX", "svc.k8s.example"]])],
]);
const set = { serviceName: "etcd", namespace: "m" };
const template = { metadata: { labels: { service: "etcd" }, annotations: { "x/host": "db.example.com" } } };
const running: PodFacts = {
	...namedPodFacts("m", template, "etcd-2"),
	...{ addresses: ["10.0.0.2", "fd00::2"], node: "worker-1", whole: true },
};
const toCome = namedPodFacts("m", template, "etcd-2");
const GOVERNING = "etcd-2.etcd.m.svc.cluster.local";

function names(urls: string | undefined, pod = running) {
	const container: Container = {
		...{ name: "etcd", env, command: ["etcd"], envFrom: [{ configMapRef: { name: "all" } }] },
		args: urls === undefined ? [] : [`--advertise-client-urls=${urls}`],
	};
	return clientNames(new Settings(container, objects), pod, set);
}

describe("the name that a pod's etcd is known by", () => {
	it.each([
		["https://$(POD_NAME).etcd.$(POD_NAMESPACE).svc:2379", "etcd-2.etcd.m.svc"],
		["https://etcd.m:2379,https://$(POD_NAME).h:2379", "etcd-2.h"],
		["https://$(POD_NAME).$(SERVICE).$(POD_NAMESPACE).svc.$(DOMAIN):2379", "etcd-2.etcd.m.svc.k8s.example"],
		["https://$(POD_NAME).etcd.m.$(SUFFIX):2379", "etcd-2.etcd.m.svc.k8s.example"],
		["https://$(POD_IP):2379", "10.0.0.2"],
		["https://[fd00::2]:2379", "fd00::2"],
		["https://$(NODE).example.com:2379", "worker-1.example.com"],
	])("%s", (urls, main) => expect(names(urls)).toMatchObject({ main, from: "advertised" }));

	it.each([
		["https://etcd.m:2379", "governing"],
		["https://$(HOST_NAME):2379", "governing"],
		[undefined, "governing"],
		["https://$(TYPO).etcd.m.svc:2379", "unknown"],
		["https://$(SECRET):2379", "unknown"],
		["https://$(POD_NAME).$(SECRET):2379,https://etcd.m:2379", "unknown"],
	])("%s: no name of its own", (urls, from) => expect(names(urls)).toMatchObject({ main: GOVERNING, from }));

	it.each(["https://$(POD_IP):2379", "https://$(NODE).example.com:2379"])("%s of a pod to come is not known", (urls) =>
		expect(names(urls, toCome)).toMatchObject({ main: GOVERNING, from: "unknown" }),
	);

	it("is what the member itself advertises", () => {
		const told = advertisedNames(["https://etcd-2.other.example:2379"], running, set);
		expect(told).toMatchObject({ main: "etcd-2.other.example", from: "advertised" });
		expect(advertisedNames([], running, set)).toMatchObject({ main: GOVERNING, from: "unknown" });
	});

	it("is in a certificate for what it advertises, for its name in the governing Service, or for its address", () => {
		const { isNamed } = names("https://$(POD_NAME).h:2379,https://db.example.com:2379");
		for (const name of [
			...["etcd-2.h", "db.example.com", "*.example.com", "10.0.0.2", "FD00:0:0:0:0:0:0:2"],
			...["etcd-2.etcd", "*.etcd.m.svc", "*.etcd.m.svc.k8s.example", GOVERNING],
		])
			expect([name, isNamed(["x", name])]).toEqual([name, true]);
		for (const name of ["etcd-3.h", "*.other.m.svc", "*.etcd.n.svc", "etcd-22.etcd", "10.0.0.3", "etcd", "*"])
			expect([name, isNamed(["x", name])]).toEqual([name, false]);
	});
});
