import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isObject, type JsonObject, numberAt, stringAt } from "../json.ts";
import type { KubernetesObject } from "../object.ts";
import { pod, startServer, statefulSet, type TestServer } from "../testing.ts";

const SETS = "/apis/apps/v1/namespaces/default/statefulsets";
const PODS = "/api/v1/namespaces/default/pods";
const MERGE = { "Content-Type": "application/merge-patch+json" };

let server: TestServer;
beforeAll(async () => {
	server = await startServer();
});
afterAll(() => server.close());

const causes = (body: JsonObject) => {
	const list = isObject(body.details) ? body.details.causes : [];
	return Array.isArray(list) ? list.map((cause) => cause.field) : [];
};

describe("objects over HTTPS", () => {
	it("are created with what the server adds, and read again", async () => {
		const { code, body } = await server.call("POST", SETS, { body: statefulSet("made") });
		expect(code).toBe(201);
		expect(body).toMatchObject({
			metadata: { name: "made", namespace: "default", generation: 1, uid: expect.stringMatching(/^[0-9a-f-]{36}$/) },
			spec: {
				podManagementPolicy: "OrderedReady",
				updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
				persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
				template: { spec: { restartPolicy: "Always", terminationGracePeriodSeconds: 30, securityContext: {} } },
			},
		});
		expect((await server.call("GET", `${SETS}/made`)).body).toEqual(body);
	});

	it("cannot be created twice, nor in a namespace that is not there", async () => {
		await server.call("POST", SETS, { body: statefulSet("twice") });
		const again = await server.call("POST", SETS, { body: statefulSet("twice") });
		expect(again.body).toMatchObject({
			code: 409,
			reason: "AlreadyExists",
			message: 'statefulsets.apps "twice" already exists',
		});
		const nowhere = await server.call("POST", SETS.replace("default", "nowhere"), {
			body: { ...statefulSet("x"), metadata: { name: "x" } },
		});
		expect(nowhere.body).toMatchObject({ code: 404, message: 'namespaces "nowhere" not found' });
	});

	it("get a name of their own where they ask for one", async () => {
		const body = { ...pod("x"), metadata: { generateName: "some-" } };
		const [one, two] = await Promise.all([server.call("POST", PODS, { body }), server.call("POST", PODS, { body })]);
		expect(stringAt(one.body, "metadata", "name")).toMatch(/^some-[a-z0-9]{5}$/);
		expect(stringAt(one.body, "metadata", "name")).not.toBe(stringAt(two.body, "metadata", "name"));
	});

	it("count their generation by changes of the spec, and keep the status apart", async () => {
		await server.call("POST", SETS, { body: statefulSet("counted") });
		const path = `${SETS}/counted`;
		const same = await server.call("PATCH", path, { body: { spec: { replicas: 3 } }, headers: MERGE });
		const labelled = await server.call("PATCH", path, { body: { metadata: { labels: { a: "b" } } }, headers: MERGE });
		const scaled = await server.call("PATCH", path, {
			body: { spec: { replicas: 4 }, status: { replicas: 9 } },
			headers: MERGE,
		});
		expect([same, labelled, scaled].map(({ body }) => numberAt(body, "metadata", "generation"))).toEqual([1, 1, 2]);
		expect(scaled.body.status).toMatchObject({ replicas: 0 });
		const status = { status: { replicas: 4, observedGeneration: 2 }, spec: { replicas: 1 } };
		const reported = await server.call("PATCH", `${path}/status`, { body: status, headers: MERGE });
		expect(reported.body).toMatchObject({
			metadata: { generation: 2 },
			spec: { replicas: 4 },
			status: { replicas: 4 },
		});
	});

	it("are not written when nothing changes", async () => {
		const { body } = await server.call("POST", SETS, { body: statefulSet("calm") });
		const again = await server.call("PUT", `${SETS}/calm`, { body });
		expect(again.body).toEqual(body);
	});

	it("refuse a stale resource version and another uid", async () => {
		const { body } = await server.call("POST", SETS, { body: statefulSet("stale") });
		await server.call("PATCH", `${SETS}/stale`, { body: { spec: { replicas: 5 } }, headers: MERGE });
		const stale = await server.call("PUT", `${SETS}/stale`, { body });
		expect(stale.body).toMatchObject({
			code: 409,
			reason: "Conflict",
			message:
				'Operation cannot be fulfilled on statefulsets.apps "stale": the object has been modified; please apply your changes to the latest version and try again',
		});
		const { metadata } = body as unknown as KubernetesObject;
		const { resourceVersion: _version, ...rest } = metadata;
		const other = await server.call("PUT", `${SETS}/stale`, { body: { ...body, metadata: { ...rest, uid: "other" } } });
		expect(other.code).toBe(409);
	});

	it("are not touched by a dry run", async () => {
		const tried = await server.call("POST", `${SETS}?dryRun=All`, { body: statefulSet("dry") });
		expect(tried.code).toBe(201);
		expect((await server.call("GET", `${SETS}/dry`)).code).toBe(404);
		const { body } = await server.call("POST", SETS, { body: statefulSet("dry") });
		const changed = await server.call("PATCH", `${SETS}/dry?dryRun=All`, {
			body: { spec: { replicas: 9 } },
			headers: MERGE,
		});
		expect(changed.body).toMatchObject({
			spec: { replicas: 9 },
			metadata: { resourceVersion: stringAt(body, "metadata", "resourceVersion") },
		});
		await server.call("DELETE", `${SETS}/dry?dryRun=All`);
		expect((await server.call("GET", `${SETS}/dry`)).body).toEqual(body);
	});

	it("are scaled through /scale", async () => {
		await server.call("POST", SETS, { body: statefulSet("scaled") });
		const path = `${SETS}/scaled/scale`;
		const read = await server.call("GET", path);
		expect(read.body).toMatchObject({
			kind: "Scale",
			apiVersion: "autoscaling/v1",
			spec: { replicas: 3 },
			status: { selector: "app=scaled" },
		});
		// kubectl names no content type here.
		const put = await server.call("PUT", path, {
			body: JSON.stringify({ ...read.body, spec: { replicas: 5 } }),
			headers: { "Content-Type": "" },
		});
		expect(put.body).toMatchObject({ spec: { replicas: 5 } });
		const stale = await server.call("PUT", path, { body: read.body });
		expect(stale.code).toBe(409);
		await server.call("PATCH", path, { body: { spec: { replicas: 7 } }, headers: MERGE });
		const negative = await server.call("PATCH", path, { body: { spec: { replicas: -1 } }, headers: MERGE });
		expect(negative.body).toMatchObject({
			code: 422,
			message:
				'Scale.autoscaling "scaled" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
		});
		expect((await server.call("GET", `${SETS}/scaled`)).body).toMatchObject({
			spec: { replicas: 7 },
			metadata: { generation: 3 },
		});
	});
});

describe("what cannot be", () => {
	const create = (spec: JsonObject) => server.call("POST", SETS, { body: statefulSet("wrong", spec) });

	it("is said field by field", async () => {
		const { code, body } = await create({
			replicas: -1,
			selector: { matchLabels: { app: "other" } },
			podManagementPolicy: "Both",
			template: { metadata: { labels: { app: "wrong" } }, spec: { containers: [{ name: "A" }] } },
		});
		expect(code).toBe(422);
		expect(causes(body)).toEqual([
			"spec.podManagementPolicy",
			"spec.replicas",
			"spec.template.metadata.labels",
			"spec.template.spec.containers[0].name",
			"spec.template.spec.containers[0].image",
		]);
	});

	it("is a change of what is fixed", async () => {
		await server.call("POST", SETS, { body: statefulSet("fixed") });
		const { body } = await server.call("PATCH", `${SETS}/fixed`, {
			body: { spec: { serviceName: "x" } },
			headers: MERGE,
		});
		expect(body).toMatchObject({
			code: 422,
			message:
				"StatefulSet.apps \"fixed\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
		});
	});

	it("is a field that the type does not have, as strictly as one asks", async () => {
		const body = statefulSet("unknown", { replica: 3 });
		const strict = await server.call("POST", `${SETS}?fieldValidation=Strict`, { body });
		expect(strict.body).toMatchObject({
			code: 400,
			message:
				'StatefulSet in version "v1" cannot be handled as a StatefulSet: strict decoding error: unknown field "spec.replica"',
		});
		const warned = await server.call("POST", `${SETS}?dryRun=All`, { body });
		expect([warned.code, warned.headers.warning]).toEqual([201, '299 - "unknown field \\"spec.replica\\""']);
		const ignored = await server.call("POST", `${SETS}?dryRun=All&fieldValidation=Ignore`, { body });
		expect([ignored.code, ignored.headers.warning]).toEqual([201, undefined]);
	});

	it("is a value of another type", async () => {
		const { body } = await create({ replicas: "three" });
		expect(body).toMatchObject({
			code: 400,
			message:
				'StatefulSet in version "v1" cannot be handled as a StatefulSet: json: cannot unmarshal string into Go struct field StatefulSetSpec.spec.replicas of type int32',
		});
	});

	it.each<[string, string, string, number, unknown?, Record<string, string>?]>([
		["an unknown path", "GET", "/foo", 404],
		["an unknown resource", "GET", "/apis/apps/v1/foos", 404],
		["an unknown group", "GET", "/apis/nope/v1/foos", 404],
		["an unknown name", "GET", `${PODS}/nope`, 404],
		["an unknown subresource", "GET", `${PODS}/nope/what`, 404],
		["a pod outside of namespaces", "POST", "/api/v1/pods", 405, {}],
		["a node inside of one", "GET", "/api/v1/namespaces/default/nodes", 404],
		["a method that is not for it", "POST", `${PODS}/x`, 405, {}],
		["a strange method", "PROPFIND", PODS, 405],
		["a review to be listed", "GET", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", 405],
		["JSON that is cut off", "POST", PODS, 400, '{"a":'],
		["a body that is no object", "POST", PODS, 400, "[1]"],
		["nothing at all", "POST", PODS, 400],
		["too deep a body", "POST", PODS, 400, "[".repeat(100_000)],
		["too big a body", "POST", PODS, 413, JSON.stringify("x".repeat(4 * 1024 * 1024))],
		["a YAML document that holds itself", "POST", PODS, 400, "&a [*a]", { "Content-Type": "application/yaml" }],
		["another type of body", "POST", PODS, 415, "x", { "Content-Type": "text/csv" }],
		["another kind of body", "POST", PODS, 400, { kind: "Node", apiVersion: "v1", metadata: { name: "x" } }],
		["another version of it", "POST", PODS, 400, { kind: "Pod", apiVersion: "v2", metadata: { name: "x" } }],
		["no name", "POST", PODS, 422, { kind: "Pod", apiVersion: "v1", spec: { containers: [] } }],
		["another namespace", "POST", PODS, 400, { ...pod("x"), metadata: { name: "x", namespace: "other" } }],
		["a version from the future", "GET", `${PODS}?resourceVersion=99999999`, 504],
		["a version that is none", "GET", `${PODS}?resourceVersion=x`, 400],
		["a broken selector", "GET", `${PODS}?labelSelector=a=b=c`, 400],
		["a broken continue token", "GET", `${PODS}?continue=%00`, 400],
		["a patch without a type", "PATCH", `${PODS}/x`, 415, {}, { "Content-Type": "text/plain" }],
		["a URL that cannot be decoded", "GET", "/api/v1/namespaces/%zz/pods", 400],
		["an answer that nobody speaks", "GET", PODS, 406, undefined, { Accept: "image/png" }],
	])("answers %s with a Status", async (_what, method, path, code, body, headers) => {
		const answer = await server.call(method, path, {
			...(body === undefined ? {} : { body }),
			...(headers ? { headers } : {}),
		});
		expect(answer.body).toMatchObject({ kind: "Status", status: "Failure", code });
		expect(answer.code).toBe(code);
	});
});

describe("deletion", () => {
	it("of most things happens at once", async () => {
		await server.call("POST", SETS, { body: statefulSet("gone") });
		const { body } = await server.call("DELETE", `${SETS}/gone`);
		expect(body).toMatchObject({
			kind: "Status",
			status: "Success",
			details: { name: "gone", group: "apps", kind: "statefulsets" },
		});
		expect((await server.call("GET", `${SETS}/gone`)).code).toBe(404);
	});

	it("waits for finalizers, and takes no new ones meanwhile", async () => {
		const set = statefulSet("held");
		set.metadata.finalizers = ["example.com/hold"];
		await server.call("POST", SETS, { body: set });
		const { body } = await server.call("DELETE", `${SETS}/held`);
		expect(body).toMatchObject({
			kind: "StatefulSet",
			metadata: { deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 0, generation: 2 },
		});
		const more = { metadata: { finalizers: ["example.com/hold", "example.com/more"] } };
		expect((await server.call("PATCH", `${SETS}/held`, { body: more, headers: MERGE })).code).toBe(422);
		await server.call("PATCH", `${SETS}/held`, { body: { metadata: { finalizers: null } }, headers: MERGE });
		expect((await server.call("GET", `${SETS}/held`)).code).toBe(404);
	});

	it("leaves dependants to whoever was asked for", async () => {
		for (const [policy, finalizers] of [
			["Foreground", ["foregroundDeletion"]],
			["Orphan", ["orphan"]],
		] as const) {
			await server.call("POST", SETS, { body: statefulSet("owner") });
			const { body } = await server.call("DELETE", `${SETS}/owner`, {
				body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: policy },
			});
			expect(body).toMatchObject({ metadata: { finalizers } });
			await server.call("PATCH", `${SETS}/owner`, { body: { metadata: { finalizers: null } }, headers: MERGE });
		}
	});

	it("gives a running pod its grace, which can be shortened only", async () => {
		await server.call("POST", PODS, { body: pod("running", { nodeName: "node-1" }) });
		const first = await server.call("DELETE", `${PODS}/running`);
		expect(first.body).toMatchObject({ kind: "Pod", metadata: { deletionGracePeriodSeconds: 30 } });
		const longer = await server.call("DELETE", `${PODS}/running?gracePeriodSeconds=60`);
		expect(longer.body).toEqual(first.body);
		const shorter = await server.call("DELETE", `${PODS}/running?gracePeriodSeconds=5`);
		expect(shorter.body).toMatchObject({ metadata: { deletionGracePeriodSeconds: 5 } });
		await server.call("DELETE", `${PODS}/running?gracePeriodSeconds=0`);
		expect((await server.call("GET", `${PODS}/running`)).code).toBe(404);
	});

	it("of a pod without a node needs none", async () => {
		await server.call("POST", PODS, { body: pod("nowhere") });
		await server.call("DELETE", `${PODS}/nowhere`);
		expect((await server.call("GET", `${PODS}/nowhere`)).code).toBe(404);
	});

	it("heeds preconditions", async () => {
		await server.call("POST", PODS, { body: pod("precious") });
		const { body } = await server.call("DELETE", `${PODS}/precious`, { body: { preconditions: { uid: "other" } } });
		expect(body).toMatchObject({ code: 409, reason: "Conflict" });
	});

	it("of a namespace waits until it is finalized, and nothing new comes in", async () => {
		await server.call("POST", "/api/v1/namespaces", { body: { kind: "Namespace", metadata: { name: "ending" } } });
		const { body } = await server.call("DELETE", "/api/v1/namespaces/ending");
		expect(body).toMatchObject({ status: { phase: "Terminating" }, spec: { finalizers: ["kubernetes"] } });
		const late = await server.call("POST", "/api/v1/namespaces/ending/configmaps", {
			body: { metadata: { name: "late" } },
		});
		expect(late.body).toMatchObject({
			code: 403,
			message:
				'configmaps "late" is forbidden: unable to create new content in namespace ending because it is being terminated',
		});
		await server.call("PATCH", "/api/v1/namespaces/ending", { body: { spec: { finalizers: null } }, headers: MERGE });
		expect((await server.call("GET", "/api/v1/namespaces/ending")).code).toBe(200);
		const done = { ...body, spec: { finalizers: [] } };
		await server.call("PUT", "/api/v1/namespaces/ending/finalize", { body: done });
		expect((await server.call("GET", "/api/v1/namespaces/ending")).code).toBe(404);
	});

	it("of a collection takes what the selector means", async () => {
		for (const name of ["sweep-1", "sweep-2"]) await server.call("POST", PODS, { body: pod(name) });
		const { body } = await server.call("DELETE", `${PODS}?labelSelector=app=sweep-1`);
		expect(body).toMatchObject({ kind: "PodList", items: [{ metadata: { name: "sweep-1" } }] });
		expect((await server.call("GET", `${PODS}/sweep-2`)).code).toBe(200);
	});
});
