import { expect, test } from "vitest";
import { fnv32, goJson, safeEncode } from "./hash.ts";

test("JSON as Go writes it: keys sorted as bytes, no undefined, HTML escaped", () => {
	expect(goJson({ b: 1, a: ["<x>", null, true], "10": {}, "9": "&", c: undefined })).toBe(
		'{"10":{},"9":"\\u0026","a":["\\u003cx\\u003e",null,true],"b":1}',
	);
});

test("FNV-1 of known texts", () => {
	expect(fnv32("")).toBe(0x811c9dc5);
	expect(fnv32("a")).toBe(0x050c5d7e);
	expect(fnv32("foobar")).toBe(0x31f0b262);
});

test("the hash that Kubernetes 1.34 gave this template", () => {
	const template = {
		$patch: "replace",
		metadata: { labels: { app: "ctl" } },
		spec: {
			affinity: {
				podAntiAffinity: {
					requiredDuringSchedulingIgnoredDuringExecution: [
						{ labelSelector: { matchLabels: { app: "ctl" } }, topologyKey: "kubernetes.io/hostname" },
					],
				},
			},
			containers: [
				{
					command: ["sleep", "1000"],
					image: "etcd:3.5.9",
					imagePullPolicy: "IfNotPresent",
					name: "etcd",
					ports: [{ containerPort: 2379, name: "client", protocol: "TCP" }],
					resources: {},
					terminationMessagePath: "/dev/termination-log",
					terminationMessagePolicy: "File",
					volumeMounts: [{ mountPath: "/data", name: "data" }],
				},
			],
			dnsPolicy: "ClusterFirst",
			restartPolicy: "Always",
			schedulerName: "default-scheduler",
			securityContext: {},
			terminationGracePeriodSeconds: 1,
		},
	};
	const hash = (value: unknown) => safeEncode(String(fnv32(`${goJson(value)}0`)));
	expect(hash({ spec: { template } })).toBe("7549546bd9");
	const annotated = { ...template, metadata: { annotations: { a: "<1>" }, labels: { app: "ctl" } } };
	expect(hash({ spec: { template: annotated } })).toBe("79778ddd6f");
});
