import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KeyPair } from "../certificates.ts";
import { createCertificates } from "../certificates.ts";
import { isObject, stringAt } from "../json.ts";
import { startServer, statefulSet, type TestServer } from "../testing.ts";

const SETS = "/apis/apps/v1/namespaces/default/statefulsets";
const RBAC = "/apis/rbac.authorization.k8s.io/v1";

let server: TestServer;
let eve: KeyPair;
beforeAll(async () => {
	server = await startServer();
	eve = await server.certificates.issueClient("eve", ["devs"]);
	await server.call("POST", SETS, { body: statefulSet("x") });
});
afterAll(() => server.close());

const allow = async (name: string, rule: object, subject: object) => {
	const rules = [{ apiGroups: ["apps"], ...rule }];
	await server.call("POST", `${RBAC}/namespaces/default/roles`, { body: { metadata: { name }, rules } });
	const { code } = await server.call("POST", `${RBAC}/namespaces/default/rolebindings`, {
		body: { metadata: { name }, roleRef: { kind: "Role", name }, subjects: [subject] },
	});
	expect(code).toBe(201);
};

describe("who may", () => {
	it("must be known, but for version and health", async () => {
		const { body } = await server.call("GET", SETS, { client: "nobody" });
		expect(body).toMatchObject({ code: 401, reason: "Unauthorized", message: "Unauthorized" });
		expect((await server.call("GET", "/version", { client: "nobody" })).body).toMatchObject({
			major: "1",
			minor: "34",
		});
		expect((await server.call("GET", "/readyz", { client: "nobody" })).text).toBe("ok");
	});

	it("is not anyone with a certificate of another authority", async () => {
		const { admin } = await createCertificates({ hosts: [] });
		expect((await server.call("GET", SETS, { client: admin })).code).toBe(401);
	});

	it("is told which verb is missing", async () => {
		const get = await server.call("GET", `${SETS}/x`, { client: eve });
		expect(get.body).toMatchObject({
			code: 403,
			reason: "Forbidden",
			message:
				'statefulsets.apps "x" is forbidden: User "eve" cannot get resource "statefulsets" in API group "apps" in the namespace "default"',
			details: { name: "x", group: "apps", kind: "statefulsets" },
		});
		const nodes = await server.call("GET", "/api/v1/nodes", { client: eve });
		expect(nodes.body.message).toBe(
			'nodes is forbidden: User "eve" cannot list resource "nodes" in API group "" at the cluster scope',
		);
		const scale = await server.call("PATCH", `${SETS}/x/scale`, { client: eve, body: {} });
		expect(scale.body.message).toContain('cannot patch resource "statefulsets/scale" in API group "apps"');
	});

	it("may what a role lets him, and no more", async () => {
		await allow("reader", { resources: ["statefulsets"], verbs: ["get"] }, { kind: "User", name: "eve" });
		expect((await server.call("GET", `${SETS}/x`, { client: eve })).code).toBe(200);
		expect((await server.call("GET", SETS, { client: eve })).code).toBe(403);
		await allow(
			"scaler",
			{ resources: ["statefulsets/scale"], verbs: ["*"], resourceNames: ["x"] },
			{ kind: "Group", name: "devs" },
		);
		expect((await server.call("GET", `${SETS}/x/scale`, { client: eve })).code).toBe(200);
		expect((await server.call("GET", `${SETS}/y/scale`, { client: eve })).code).toBe(403);
	});

	it("can ask what he may", async () => {
		const ask = async (verb: string, resource: string) => {
			const body = { spec: { resourceAttributes: { verb, group: "apps", resource, namespace: "default" } } };
			const answer = await server.call("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
				client: eve,
				body,
			});
			return isObject(answer.body.status) && answer.body.status.allowed;
		};
		expect(await ask("get", "statefulsets")).toBe(true);
		expect(await ask("delete", "statefulsets")).toBe(false);
	});

	it("can be a service account, as long as it is there", async () => {
		const accounts = "/api/v1/namespaces/default/serviceaccounts";
		await server.call("POST", accounts, { body: { metadata: { name: "robot" } } });
		const issued = await server.call("POST", `${accounts}/robot/token`, { body: {} });
		const headers = { Authorization: `Bearer ${stringAt(issued.body, "status", "token")}` };
		const before = await server.call("GET", SETS, { client: "nobody", headers });
		expect(before.body.message).toContain('User "system:serviceaccount:default:robot" cannot list');
		await allow(
			"robots",
			{ resources: ["statefulsets"], verbs: ["list"] },
			{ kind: "ServiceAccount", name: "robot", namespace: "default" },
		);
		expect((await server.call("GET", SETS, { client: "nobody", headers })).code).toBe(200);
		const forged = { Authorization: `${headers.Authorization.slice(0, -4)}AAAA` };
		expect((await server.call("GET", SETS, { client: "nobody", headers: forged })).code).toBe(401);
		await server.call("DELETE", `${accounts}/robot`);
		expect((await server.call("GET", SETS, { client: "nobody", headers })).code).toBe(401);
	});

	it("can act as another only if he may", async () => {
		const headers = { "Impersonate-User": "eve" };
		const as = await server.call("GET", SETS, { headers });
		expect(as.body.message).toContain('User "eve" cannot list');
		const refused = await server.call("GET", SETS, {
			client: eve,
			headers: { "Impersonate-User": "kubernetes-admin" },
		});
		expect(refused.body.message).toContain('cannot impersonate resource "users"');
	});
});
