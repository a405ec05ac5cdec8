import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type JsonObject, stringAt } from "../json.ts";
import { startServer, type TestServer } from "../testing.ts";

let server: TestServer;
beforeAll(async () => {
	server = await startServer();
});
afterAll(() => server.close());

const template = (pod: object = {}) => ({
	metadata: { labels: { app: "web" } },
	spec: { containers: [{ name: "c", image: "etcd:1" }], ...pod },
});
const create = async (group: string, plural: string, name: string, spec: object) =>
	(await server.call("POST", `/apis/${group}/v1/namespaces/default/${plural}`, { body: { metadata: { name }, spec } }))
		.body;
const wrong = async (plural: string, spec: object, group = "apps") =>
	stringAt(await create(group, plural, "x", spec), "message").replace(/^.* is invalid: /, "");
const selector = { matchLabels: { app: "web" } };

describe("a Deployment", () => {
	it("is completed", async () => {
		const made = await create("apps", "deployments", "web", { selector, template: template() });
		expect(made).toMatchObject({
			metadata: { generation: 1 },
			spec: {
				replicas: 1,
				revisionHistoryLimit: 10,
				progressDeadlineSeconds: 600,
				strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
			},
			status: {},
		});
	});

	it.each<[string, JsonObject, string]>([
		["replicas", { replicas: -1 }, "spec.replicas: Invalid value: -1: must be greater than or equal to 0"],
		[
			"labels",
			{ selector: { matchLabels: { app: "other" } } },
			'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
		],
		["selector", { selector: {} }, "spec.selector: Invalid value: {}: empty selector is invalid for deployment"],
		[
			"strategy",
			{ strategy: { type: "Recreate", rollingUpdate: { maxSurge: 1 } } },
			"spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
		],
		[
			"surge",
			{ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: "0%" } } },
			'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0',
		],
		[
			"deadline",
			{ progressDeadlineSeconds: 5, minReadySeconds: 5 },
			"spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds",
		],
	])("with a wrong %s is refused", async (_what, spec, message) => {
		expect(await wrong("deployments", { selector, template: template(), ...spec })).toContain(message);
	});

	it("keeps its selector, and scales", async () => {
		const path = "/apis/apps/v1/namespaces/default/deployments/web";
		const headers = { "Content-Type": "application/merge-patch+json" };
		const moved = await server.call("PATCH", path, {
			body: { spec: { selector: { matchLabels: { b: "c" } }, template: { metadata: { labels: { b: "c" } } } } },
			headers,
		});
		expect(moved.body.message).toContain("spec.selector: Invalid value: ");
		expect(moved.body.message).toContain("field is immutable");
		const scaled = await server.call("PATCH", `${path}/scale`, { body: { spec: { replicas: 4 } }, headers });
		expect(scaled.body).toMatchObject({ kind: "Scale", spec: { replicas: 4 }, status: { selector: "app=web" } });
	});
});

describe("a Job", () => {
	it("is completed, and finds its pods by its uid", async () => {
		const made = await create("batch", "jobs", "pi", { template: template({ restartPolicy: "Never" }) });
		const uid = stringAt(made, "metadata", "uid");
		const own = {
			"batch.kubernetes.io/controller-uid": uid,
			"batch.kubernetes.io/job-name": "pi",
			"controller-uid": uid,
			"job-name": "pi",
		};
		expect(made).toMatchObject({
			metadata: { labels: { app: "web", ...own } },
			spec: {
				completions: 1,
				parallelism: 1,
				backoffLimit: 6,
				completionMode: "NonIndexed",
				suspend: false,
				selector: { matchLabels: { "batch.kubernetes.io/controller-uid": uid } },
				template: { metadata: { labels: { app: "web", ...own } } },
			},
		});
	});

	it.each<[string, JsonObject, string]>([
		[
			"restartPolicy",
			{ template: template() },
			'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
		],
		["completions", { completions: -1 }, "spec.completions: Invalid value: -1: must be greater than or equal to 0"],
		[
			"way of counting",
			{ podFailurePolicy: { rules: [] } },
			"spec.podFailurePolicy: Forbidden: not supported by the lab",
		],
		["mode that is not known here", { completionMode: "Indexed" }, "spec.completionMode: Forbidden: Indexed is not"],
		["mode", { completionMode: "Sometimes" }, 'spec.completionMode: Unsupported value: "Sometimes"'],
	])("with a wrong %s is refused", async (_what, spec, message) => {
		const good = { template: template({ restartPolicy: "Never" }) };
		expect(await wrong("jobs", { ...good, ...spec }, "batch")).toContain(message);
	});

	it("keeps its template and its completions", async () => {
		const { body } = await server.call("PATCH", "/apis/batch/v1/namespaces/default/jobs/pi", {
			body: { spec: { completions: 2 } },
			headers: { "Content-Type": "application/merge-patch+json" },
		});
		expect(body.message).toContain("spec.completions: Invalid value: 2: field is immutable");
	});
});

it("a Secret's size is that of its data, not of their encoding", async () => {
	const secret = (size: number) => ({
		metadata: { name: `s-${size}` },
		data: { x: Buffer.alloc(size).toString("base64") },
	});
	const code = async (size: number) =>
		(await server.call("POST", "/api/v1/namespaces/default/secrets", { body: secret(size) })).code;
	expect(await code(1024 * 1024)).toBe(201);
	expect(await code(1024 * 1024 + 1)).toBe(422);
});
