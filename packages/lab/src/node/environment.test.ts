import type { ConfigMap, Container, Secret, Service } from "kubernetes-types/core/v1";
import { describe, expect, test } from "vitest";
import { commandLine } from "./command-line.ts";
import { ContainerConfigError, containerEnvironment, type EnvironmentSource } from "./environment.ts";
import { serviceEnvironment } from "./service-environment.ts";
import { testPod } from "./testing/pod.ts";

const configMaps: Record<string, ConfigMap> = { cm: { data: { a: "1", b: "2" } } };
const secrets: Record<string, Secret> = { s: { data: { password: Buffer.from("pässword").toString("base64") } } };
const service: Service = {
	metadata: { name: "etcd-client", namespace: "m" },
	spec: {
		clusterIP: "198.19.0.7",
		ports: [
			{ name: "client-port", port: 2379 },
			{ port: 53, protocol: "UDP" },
		],
	},
};
const source: EnvironmentSource = {
	podIP: "198.18.1.2",
	hostIP: "198.18.1.1",
	allocatable: { cpu: "4", memory: "1Gi" },
	configMap: (name) => configMaps[name],
	secret: (name) => secrets[name],
	services: [service],
};
const pod = testPod({}, undefined, { labels: { app: "etcd" }, annotations: { "a.b/c": "note" } });
const environment = (container: Partial<Container>, image: Record<string, string> = {}) =>
	containerEnvironment(pod, { name: "etcd", ...container }, image, source);
const fromField = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

test("variables refer to those before them, to Services and to envFrom", () => {
	const made = environment(
		{
			envFrom: [{ prefix: "CM_", configMapRef: { name: "cm" } }, { secretRef: { name: "s" } }],
			env: [
				{ name: "LATE", value: "$(NAME)" },
				fromField("NAME", "metadata.name"),
				{ name: "URL", value: "http://$(NAME):$(CM_a) $(ETCD_CLIENT_SERVICE_HOST) $$(NAME) $(PATH)" },
				{ name: "CM_b", value: "own" },
			],
		},
		{ PATH: "/bin", NAME: "image" },
	);
	expect(made).toMatchObject({
		LATE: "$(NAME)",
		NAME: "etcd-0",
		URL: "http://etcd-0:1 198.19.0.7 $(NAME) $(PATH)",
		CM_a: "1",
		CM_b: "own",
		password: "pässword",
		PATH: "/bin",
	});
});

test("fields of the pod", () => {
	const paths = {
		NS: "metadata.namespace",
		UID: "metadata.uid",
		APP: "metadata.labels['app']",
		NOTE: "metadata.annotations['a.b/c']",
		NONE: "metadata.labels['none']",
		NODE: "spec.nodeName",
		IP: "status.podIP",
		HOST: "status.hostIP",
	};
	const made = environment({ env: Object.entries(paths).map(([name, path]) => fromField(name, path)) });
	expect(made).toMatchObject({
		NS: "m",
		UID: "1234",
		APP: "etcd",
		NOTE: "note",
		NONE: "",
		NODE: "node-1",
		IP: "198.18.1.2",
		HOST: "198.18.1.1",
	});
});

test("resources, in the divisor's units and rounded up; without a limit it is the node's", () => {
	const resource = (name: string, resource: string, divisor?: string) => ({
		name,
		valueFrom: { resourceFieldRef: { resource, ...(divisor ? { divisor } : {}) } },
	});
	const made = environment({
		resources: { limits: { cpu: "1500m" }, requests: { memory: "100Mi" } },
		env: [
			resource("CPU", "limits.cpu"),
			resource("MILLI", "limits.cpu", "1m"),
			resource("MEMORY", "limits.memory", "1Mi"),
			resource("REQUEST", "requests.memory"),
		],
	});
	expect(made).toMatchObject({ CPU: "2", MILLI: "1500", MEMORY: "1024", REQUEST: String(100 * 1024 * 1024) });
});

describe("what is missing", () => {
	const key = (name: string, key: string, optional?: boolean) => ({
		env: [{ name: "X", valueFrom: { configMapKeyRef: { name, key, ...(optional ? { optional } : {}) } } }],
	});
	test.each<[Partial<Container>, string]>([
		[key("none", "a"), 'configmap "none" not found'],
		[key("cm", "z"), "couldn't find key z in ConfigMap m/cm"],
		[{ env: [{ name: "X", valueFrom: { secretKeyRef: { name: "none", key: "a" } } }] }, 'secret "none" not found'],
		[{ envFrom: [{ configMapRef: { name: "none" } }] }, 'configmap "none" not found'],
		[{ envFrom: [{ secretRef: { name: "none" } }] }, 'secret "none" not found'],
	])("is an error in the kubelet's words: %j", (container, message) => {
		expect(() => environment(container)).toThrow(new ContainerConfigError(message));
	});

	test("is left out where it is optional", () => {
		expect(environment(key("none", "a", true))).not.toHaveProperty("X");
		expect(environment(key("cm", "z", true))).not.toHaveProperty("X");
	});
});

test("Services' variables; headless ones have none", () => {
	expect(Object.fromEntries(serviceEnvironment([service]))).toEqual({
		ETCD_CLIENT_SERVICE_HOST: "198.19.0.7",
		ETCD_CLIENT_SERVICE_PORT: "2379",
		ETCD_CLIENT_SERVICE_PORT_CLIENT_PORT: "2379",
		ETCD_CLIENT_PORT: "tcp://198.19.0.7:2379",
		ETCD_CLIENT_PORT_2379_TCP: "tcp://198.19.0.7:2379",
		ETCD_CLIENT_PORT_2379_TCP_PROTO: "tcp",
		ETCD_CLIENT_PORT_2379_TCP_PORT: "2379",
		ETCD_CLIENT_PORT_2379_TCP_ADDR: "198.19.0.7",
		ETCD_CLIENT_PORT_53_UDP: "udp://198.19.0.7:53",
		ETCD_CLIENT_PORT_53_UDP_PROTO: "udp",
		ETCD_CLIENT_PORT_53_UDP_PORT: "53",
		ETCD_CLIENT_PORT_53_UDP_ADDR: "198.19.0.7",
	});
	expect(serviceEnvironment([{ ...service, spec: { ...service.spec, clusterIP: "None" } }])).toEqual([]);
});

test.each([
	[{}, ["entry", "run"]],
	[{ args: ["a", "$(NAME)"] }, ["entry", "a", "x"]],
	[{ command: ["own", "$(NAME)", "$$(NAME)"] }, ["own", "x", "$(NAME)"]],
	[{ command: ["own"], args: ["a"] }, ["own", "a"]],
	[{ command: [], args: [] }, ["entry", "run"]],
])("the command line of %j", (container, expected) => {
	expect(commandLine(container, { entrypoint: ["entry"], command: ["run"] }, { NAME: "x" })).toEqual(expected);
});
