import { readFile } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { type ClusterUnderTest, onLab } from "./cluster-under-test.ts";

const SEED = 20_250_101;
const RUNS = 300;

let lab: ClusterUnderTest;
let server: { url: string; ca: Buffer; token: string | undefined; cert: Buffer | undefined; key: Buffer | undefined };

beforeAll(async () => {
	lab = await onLab({ members: 1, nodes: 1, empty: true });
	const { clusters, users } = parse(await readFile(lab.kubeconfig, "utf8"));
	const [{ cluster }] = clusters;
	const [{ user }] = users;
	const data = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text, "base64"));
	server = {
		url: cluster.server,
		ca: Buffer.from(cluster["certificate-authority-data"], "base64"),
		token: user.token,
		cert: data(user["client-certificate-data"]),
		key: data(user["client-key-data"]),
	};
});

afterAll(() => lab?.destroy());

interface Answer {
	code: number;
	headers: IncomingHttpHeaders;
	body: string;
}

interface Call {
	method: string;
	path: string;
	headers?: Record<string, string>;
	body?: Buffer | string;
}

function call({ method, path, headers = {}, body }: Call): Promise<Answer> {
	const { url, ca, cert, key, token } = server;
	const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
	return new Promise((resolve, reject) => {
		const options = { method, ca, cert, key, headers: { ...authorization, ...headers }, agent: false };
		const sent = request(new URL(path, url), options, (response) => {
			const chunks: Buffer[] = [];
			response.on("data", (chunk: Buffer) => chunks.push(chunk));
			response.on("error", reject);
			response.on("end", () =>
				resolve({ code: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }),
			);
		});
		sent.on("error", reject).end(body);
	});
}

const SET = "/apis/apps/v1/namespaces/mayastor/statefulsets/mayastor-etcd";
const PATHS = [
	SET,
	`${SET}/scale`,
	`${SET}/status`,
	"/api/v1/namespaces/mayastor/configmaps",
	"/api/v1/namespaces/mayastor/configmaps/none",
	"/api/v1/namespaces/mayastor/pods/mayastor-etcd-0/eviction",
	"/api/v1/namespaces/mayastor/pods/mayastor-etcd-0/binding",
	"/api/v1/namespaces/mayastor/services/mayastor-etcd",
	"/api/v1/persistentvolumes",
	"/apis/policy/v1/namespaces/mayastor/poddisruptionbudgets",
	"/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
];
const TYPES = [
	"application/json",
	"application/yaml",
	"application/merge-patch+json",
	"application/strategic-merge-patch+json",
	"application/json-patch+json",
	"application/apply-patch+yaml",
	"application/vnd.kubernetes.protobuf",
	"text/plain",
	"application/",
	"",
];

/** All that is stored, by which it can be seen that nothing has changed. */
async function everything(): Promise<string[]> {
	const kinds = ["/apis/apps/v1/statefulsets", "/api/v1/configmaps", "/api/v1/services", "/api/v1/persistentvolumes"];
	const answers = await Promise.all(kinds.map((path) => call({ method: "GET", path })));
	return answers.flatMap(({ body }) =>
		JSON.parse(body).items.map(
			({ metadata }: { metadata: { name: string; resourceVersion: string; generation?: number } }) =>
				`${metadata.name} ${metadata.resourceVersion} ${metadata.generation}`,
		),
	);
}

/** A failure must be a Status that says its own code, and never the server's own fault. */
function checkStatus({ code, body }: Answer): void {
	const status = JSON.parse(body);
	expect(status).toMatchObject({ kind: "Status", apiVersion: "v1", status: "Failure", code });
	expect(status.message).not.toBe("");
	// Kubernetes itself answers 500, without a reason, to some patches that are at fault; never an internal error.
	if (code === 500) expect(status.reason).toBeUndefined();
	else expect([400, 403, 404, 405, 406, 409, 410, 413, 415, 422, 504]).toContain(code);
}

const json = fc.jsonValue({ maxDepth: 4 });
/** Bodies that no endpoint can take: cut off, of bytes, of another shape. */
const broken = fc.oneof(
	fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from([0xff, ...bytes])),
	json.map((value) => `{"spec": ${JSON.stringify(value)}, `),
	fc.constantFrom("[", "{", '"', "nul", "{]", "[1,", '{"a":1}}', `${"[".repeat(2000)}`, "\u0000", '{"kind":'),
	fc.oneof(fc.integer(), fc.boolean(), fc.string()).map((value) => JSON.stringify(value)),
);

it("answers malformed bodies of every type with a Status, and changes nothing", async () => {
	const before = await everything();
	const calls = fc.record({
		method: fc.constantFrom("POST", "PUT", "PATCH"),
		path: fc.constantFrom(...PATHS),
		headers: fc.constantFrom(...TYPES).map((type) => ({ "content-type": type })),
		body: broken,
	});
	await fc.assert(
		fc.asyncProperty(calls, async (one) => {
			checkStatus(await call(one));
		}),
		{ seed: SEED, numRuns: RUNS },
	);
	expect(await everything()).toEqual(before);
});

it("takes or refuses patches of any content, and never trips over one", async () => {
	const before = await everything();
	const operation = fc.record(
		{
			op: fc.constantFrom("add", "remove", "replace", "move", "copy", "test", "burn", ""),
			path: fc.constantFrom("/spec", "/spec/replicas", "/metadata/name", "/spec/template/spec/containers/-", "x", ""),
			from: fc.constantFrom("/spec", "/nothing", ""),
			value: json,
		},
		{ requiredKeys: [] },
	);
	const field = fc.constantFrom("spec", "metadata", "status", "kind", "apiVersion", "$patch", "$retainKeys");
	const merge = fc.dictionary(field, json, { minKeys: 1, maxKeys: 3 });
	const patch = fc.oneof(
		fc.record({ type: fc.constant("application/json-patch+json"), body: fc.array(operation, { maxLength: 4 }) }),
		fc.record({
			type: fc.constantFrom("merge", "strategic-merge").map((kind) => `application/${kind}-patch+json`),
			body: merge,
		}),
		fc.record({ type: fc.constant("application/apply-patch+yaml"), body: merge }),
	);
	await fc.assert(
		fc.asyncProperty(fc.constantFrom(...PATHS), patch, async (path, { type, body }) => {
			// only looked at: what is taken must change nothing either
			const query = "?dryRun=All&fieldManager=fuzz";
			const headers = { "content-type": type };
			const answer = await call({ method: "PATCH", path: path + query, headers, body: JSON.stringify(body) });
			if (answer.code >= 300) checkStatus(answer);
			else expect(JSON.parse(answer.body).kind).not.toBe("Status");
		}),
		{ seed: SEED, numRuns: RUNS },
	);
	expect(await everything()).toEqual(before);
});

it("answers odd queries, headers and methods with a Status or an answer, and stays alive", async () => {
	const before = await everything();
	const word = fc.oneof(
		fc.constantFrom("", "-1", "x", "0", "true", "a=b", "a in (", "%00", "99999999999999999999"),
		fc.string(),
	);
	const names = [
		"limit",
		"continue",
		"labelSelector",
		"fieldSelector",
		"resourceVersion",
		"resourceVersionMatch",
		"dryRun",
	];
	const query = fc.dictionary(fc.constantFrom(...names), word, { maxKeys: 3 });
	const header = fc.constantFrom(
		"",
		"text/html",
		"application/json;as=Table;v=v1;g=meta.k8s.io",
		"application/json;as=Burn",
		"*/*",
		";;;,,=",
	);
	const method = fc.constantFrom("GET", "HEAD", "OPTIONS", "TRACE");
	const suffix = fc.constantFrom("", "/", "/burn", "//", "/../..", "/%2e%2e", "/%ff");
	await fc.assert(
		fc.asyncProperty(
			method,
			fc.constantFrom(...PATHS),
			suffix,
			query,
			header,
			async (verb, path, end, asked, accept) => {
				const answer = await call({
					method: verb,
					path: `${path}${end}?${new URLSearchParams(asked)}`,
					headers: { accept },
				});
				if (answer.code >= 400 && verb !== "HEAD") checkStatus(answer);
			},
		),
		{ seed: SEED, numRuns: RUNS },
	);
	expect(await everything()).toEqual(before);
	expect((await call({ method: "GET", path: "/readyz" })).code).toBe(200);
});
