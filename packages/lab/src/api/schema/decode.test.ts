import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeError, decode } from "./decode.ts";
import { goName, SCHEMAS } from "./schemas.ts";

const set = (spec: object) => ({ apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "x" }, spec });

describe("reading a body as a type", () => {
	it("drops unknown fields, and tells where they were", () => {
		const body = set({ replica: 1, template: { spec: { containers: [{ name: "a", imag: "b" }] } } });
		const { object, unknown } = decode("V1StatefulSet", body);
		expect(unknown).toEqual(["spec.replica", "spec.template.spec.containers[0].imag"]);
		expect(object).toEqual(set({ template: { spec: { containers: [{ name: "a" }] } } }));
	});

	it.each([
		[
			{ replicas: "x" },
			"json: cannot unmarshal string into Go struct field StatefulSetSpec.spec.replicas of type int32",
		],
		[
			{ replicas: 1.5 },
			"json: cannot unmarshal number 1.5 into Go struct field StatefulSetSpec.spec.replicas of type int32",
		],
		[
			{ template: [] },
			"json: cannot unmarshal array into Go struct field StatefulSetSpec.spec.template of type v1.PodTemplateSpec",
		],
		[
			{ template: { spec: { containers: [{ env: [{ value: 3 }] }] } } },
			"json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string",
		],
		[
			{ template: { spec: { containers: {} } } },
			"json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container",
		],
	])("says what is wrong with %j as the real server does", (spec, message) => {
		expect(() => decode("V1StatefulSet", set(spec))).toThrow(new DecodeError(message));
	});

	it("keeps quantities, times and ports in their canonical forms", () => {
		const claim = {
			metadata: { creationTimestamp: "2026-01-02T03:04:05.678+01:00" },
			spec: { resources: { requests: { storage: "2048Mi" } } },
		};
		expect(decode("V1PersistentVolumeClaim", claim).object).toEqual({
			metadata: { creationTimestamp: "2026-01-02T02:04:05Z" },
			spec: { resources: { requests: { storage: "2Gi" } } },
		});
		const lease = { spec: { renewTime: "2026-01-02T03:04:05.678Z" } };
		expect(decode("V1Lease", lease).object).toEqual({ spec: { renewTime: "2026-01-02T03:04:05.678000Z" } });
		const service = {
			spec: {
				ports: [
					{ port: 1, targetPort: "client" },
					{ port: 2, targetPort: 2379 },
				],
			},
		};
		expect(decode("V1Service", service).object).toEqual(service);
	});

	it("leaves out nulls and what is empty, but keeps empty structs", () => {
		const body = {
			metadata: { labels: {}, finalizers: [], name: null },
			spec: { emptyDir: null, containers: [], securityContext: {} },
		};
		expect(decode("V1Pod", body).object).toEqual({ metadata: {}, spec: { containers: [], securityContext: {} } });
	});

	it("is not led astray by fields of every object", () => {
		const body = JSON.parse('{"metadata":{"labels":{"__proto__":"x","constructor":"y"}},"__proto__":{},"toString":1}');
		const { object, unknown } = decode("V1ConfigMap", body);
		expect(unknown).toEqual(["__proto__", "toString"]);
		expect(JSON.stringify(object)).toBe('{"metadata":{"labels":{"__proto__":"x","constructor":"y"}}}');
	});

	it("reads or refuses whatever JSON there is, and what it has read it reads again unchanged", () => {
		const types = fc.constantFrom(
			"V1Pod",
			"V1StatefulSet",
			"V1Service",
			"V1Lease",
			"CoreV1Event",
			"V1CustomResourceDefinition",
		);
		const field = fc.constantFrom(
			"metadata",
			"spec",
			"status",
			"name",
			"labels",
			"ports",
			"containers",
			"resources",
			"data",
			"x",
		);
		const { body } = fc.letrec((tie) => ({
			body: fc.dictionary(field, tie("value")),
			value: fc.oneof(
				fc.string(),
				fc.integer(),
				fc.double(),
				fc.boolean(),
				fc.constant(null),
				fc.array(tie("value"), { maxLength: 3 }),
				tie("body"),
			),
		}));
		fc.assert(
			fc.property(types, body, (type, json) => {
				let object: unknown;
				try {
					object = decode(type, json).object;
				} catch (error) {
					expect(error).toBeInstanceOf(DecodeError);
					return;
				}
				expect(decode(type, object)).toEqual({ object, unknown: [] });
			}),
			{ numRuns: 500 },
		);
	});

	it("has a schema for everything that schemas refer to", () => {
		const references = Object.values(SCHEMAS).flatMap((fields) =>
			Object.values(fields).map((code) => code.replace(/^[![{]+/, "")),
		);
		expect(references.filter((code) => code.length > 1 && !(code in SCHEMAS))).toEqual([]);
		expect(goName("V1StatefulSetSpec")).toBe("StatefulSetSpec");
		expect(goName("CoreV1Event")).toBe("Event");
	});
});
