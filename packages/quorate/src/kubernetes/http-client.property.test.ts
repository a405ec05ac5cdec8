import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ERRORS, QuorateError } from "../errors.ts";
import { changesOf, spoilt } from "../testing/spoil.ts";
import type { KubernetesClient, Resource } from "./client.ts";
import { createKubernetesClient } from "./http-client.ts";
import { startApiServer, status, type TestApiServer, testObject } from "./testing/api-server.ts";

const MAPS: Resource = { group: "", version: "v1", resource: "configmaps" };

interface Answer {
	readonly code: number;
	readonly body: string;
	readonly headers: Readonly<Record<string, string>>;
}

let answer: Answer;
let server: TestApiServer;
let client: KubernetesClient;
beforeAll(async () => {
	server = await startApiServer((_, response) => response.writeHead(answer.code, answer.headers).end(answer.body), {
		secure: false,
	});
	client = createKubernetesClient(server.config);
});
afterAll(async () => {
	client.close();
	await server.close();
});

const LIST = {
	apiVersion: "v1",
	kind: "ConfigMapList",
	metadata: { resourceVersion: "7", continue: "next" },
	items: [testObject("a", "1"), testObject("b", "2")],
};
const REVIEW = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", status: { allowed: true } };
const cause = { reason: "FieldValueInvalid", message: "Invalid value: -1", field: "spec.replicas" };
const REFUSAL = status(422, "Invalid", "it is invalid", { causes: [cause], retryAfterSeconds: 1 });

const body = fc.oneof(
	fc.string({ unit: "binary" }),
	fc.json(),
	...[LIST, REVIEW, REFUSAL].map((good) => changesOf(good).map((odd) => JSON.stringify(spoilt(good, odd)))),
);

// those after which a read is sent again would take seconds each
const answers: fc.Arbitrary<Answer> = fc.record({
	code: fc.oneof(
		{ arbitrary: fc.constant(200), weight: 3 },
		fc.constantFrom(201, 400, 401, 403, 404, 409, 410, 418, 422),
	),
	body,
	headers: fc.constantFrom<Answer["headers"][]>({}, { "content-type": "application/json" }, { "retry-after": "x" }),
});

it("whatever an API server answers is a result, or a failure with a code", async () => {
	const asking: readonly (() => Promise<unknown>)[] = [
		() => client.get(MAPS, "ns", "a"),
		() => client.find(MAPS, "ns", "a"),
		() => client.list(MAPS, { namespace: "ns" }),
		() => client.canI("list", MAPS),
		() => client.version(),
	];
	const ends = new Set<string>();
	const property = fc.asyncProperty(answers, fc.constantFrom(...asking), async (given, ask) => {
		answer = given;
		const failure = await ask().then(
			() => undefined,
			(error: unknown) => error,
		);
		if (failure === undefined) return void ends.add("done");
		if (!(failure instanceof QuorateError)) throw failure;
		expect(Object.keys(ERRORS)).toContain(failure.code);
		expect(failure.code).not.toBe("Internal");
		ends.add(failure.code);
	});
	await fc.assert(property, { numRuns: process.env.QUORATE_EXPLORE === "full" ? 20_000 : 1500 });
	expect([...ends]).toEqual(expect.arrayContaining(["done", "Unreachable", "Forbidden", "Conflict"]));
});
