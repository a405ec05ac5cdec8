import { afterAll, beforeAll, expect, it } from "vitest";
import type { KeyPair } from "../certificates.ts";
import { startServer, type TestServer } from "../testing.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";

let server: TestServer;
let eve: KeyPair;
const role = (name: string, ...rules: object[]) => ({ metadata: { name }, rules });
const binding = (name: string, roleName: string, user: string) => ({
	metadata: { name },
	roleRef: { kind: "Role", name: roleName },
	subjects: [{ kind: "User", name: user }],
});
const pods = (...verbs: string[]) => ({ apiGroups: [""], resources: ["pods"], verbs });
const asEve = (method: string, path: string, body: object, headers = {}) =>
	server.call(method, `${RBAC}/${path}`, { client: eve, body, headers });

beforeAll(async () => {
	server = await startServer();
	eve = await server.certificates.issueClient("eve", ["devs"]);
	const verbs = ["get", "create", "patch", "update"];
	const own = { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles", "rolebindings"], verbs };
	for (const body of [
		role("keeper", own),
		role("reader", pods("get", "list")),
		role("all", { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }),
	])
		await server.call("POST", `${RBAC}/roles`, { body });
	for (const name of ["keeper", "reader"])
		await server.call("POST", `${RBAC}/rolebindings`, { body: binding(name, name, "eve") });
});
afterAll(() => server.close());

it("who may write roles grants no rights that he has not himself", async () => {
	expect((await asEve("POST", "roles", role("some", pods("get")))).code).toBe(201);
	const secrets = { apiGroups: [""], resources: ["secrets"], verbs: ["list"] };
	const more = await asEve("POST", "roles", role("more", pods("get", "delete", "create"), secrets));
	expect(more.body).toMatchObject({
		code: 403,
		message: [
			'roles.rbac.authorization.k8s.io "more" is forbidden: user "eve" (groups=["devs" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:',
			'{APIGroups:[""], Resources:["pods"], Verbs:["delete" "create"]}',
			'{APIGroups:[""], Resources:["secrets"], Verbs:["list"]}',
		].join("\n"),
	});
	const headers = { "Content-Type": "application/merge-patch+json" };
	const labelled = await asEve("PATCH", "roles/some", { metadata: { labels: { a: "b" } } }, headers);
	expect(labelled.code).toBe(200);
	const grown = await asEve("PATCH", "roles/some", { rules: [pods("*")] }, headers);
	expect([grown.code, grown.body.message]).toEqual([403, expect.stringContaining('Resources:["pods"], Verbs:["*"]')]);
});

it("nor by binding a role that holds them", async () => {
	expect((await asEve("POST", "rolebindings", binding("ok", "reader", "bob"))).code).toBe(201);
	expect((await asEve("POST", "rolebindings", binding("no", "all", "eve"))).code).toBe(403);
	expect((await asEve("POST", "rolebindings", binding("none", "nosuch", "eve"))).code).toBe(404);
});

it("unless he is told that he may", async () => {
	const verbs = ["escalate", "bind"];
	const trusted = role("trusted", { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs });
	await server.call("POST", `${RBAC}/roles`, { body: trusted });
	await server.call("POST", `${RBAC}/rolebindings`, { body: binding("trusted", "trusted", "eve") });
	expect((await asEve("POST", "roles", role("any", pods("*")))).code).toBe(201);
	expect((await asEve("POST", "rolebindings", binding("any", "all", "bob"))).code).toBe(201);
});
