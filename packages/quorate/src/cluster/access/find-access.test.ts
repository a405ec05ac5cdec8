import { X509Certificate } from "node:crypto";
import type { StatefulSet } from "kubernetes-types/apps/v1";
import type { EnvVar } from "kubernetes-types/core/v1";
import { beforeAll, describe, expect, it } from "vitest";
import { QuorateError } from "../../errors.ts";
import { type TestCertificate, testCertificates } from "../../etcd/testing/test-certificates.ts";
import type { EtcdAccess } from "../member-connections.ts";
import { statefulSetView } from "../observe.ts";
import { SecretFiles } from "../secret-files.ts";
import type { KnownObjects } from "../start/environment.ts";
import { findAccess } from "./find-access.ts";

let ca: string;
let server: TestCertificate;
let client: TestCertificate;

beforeAll(async () => {
	({ ca, server, client } = await testCertificates(["*.etcd-headless.m.svc.cluster.local"]));
});

interface Setup {
	env?: Record<string, string>;
	secretEnv?: Record<string, string>;
	/** mounted at /NAME */
	secrets?: Record<string, Record<string, string>>;
	forbidden?: boolean;
	given?: EtcdAccess;
	/** what the container takes whole Secrets of */
	envFrom?: readonly string[];
	/** what was read of ConfigMaps and Secrets */
	objects?: KnownObjects;
}

function find({ env = {}, secretEnv = {}, secrets = {}, forbidden = false, given, envFrom = [], objects }: Setup) {
	const variables: EnvVar[] = ["metadata.name", "status.podIP"].map((fieldPath) => ({
		name: fieldPath === "metadata.name" ? "POD" : "POD_IP",
		valueFrom: { fieldRef: { fieldPath } },
	}));
	for (const [name, text] of Object.entries(secretEnv)) {
		const [secret = "", key = ""] = text.split("/");
		variables.push({ name, valueFrom: { secretKeyRef: { name: secret, key } } });
	}
	for (const [name, value] of Object.entries({ ETCD_NAME: "$(POD)", ETCD_DATA_DIR: "/d", ...env }))
		variables.push({ name, value });
	const names = Object.keys(secrets);
	const set: StatefulSet = {
		metadata: { name: "etcd", namespace: "m" },
		spec: {
			serviceName: "etcd-headless",
			selector: {},
			template: {
				spec: {
					containers: [
						{
							name: "etcd",
							image: "etcd:3.5.9",
							env: variables,
							envFrom: envFrom.map((name) => ({ secretRef: { name } })),
							volumeMounts: names.map((name) => ({ name, mountPath: `/${name}/` })),
						},
					],
					volumes: names.map((name) => ({ name, secret: { secretName: name } })),
				},
			},
		},
	};
	const read: string[] = [];
	const files = new SecretFiles(
		{
			find: async <T>(_: unknown, __: unknown, name: string) => {
				read.push(name);
				if (forbidden) throw new QuorateError("Forbidden", { operation: "reading", message: "no" });
				const data = Object.entries(secrets[name] ?? {}).map(([key, text]) => [key, btoa(text)]);
				return (secrets[name] ? { data: Object.fromEntries(data) } : undefined) as T | undefined;
			},
		},
		"m",
	);
	return { found: findAccess(statefulSetView(set, undefined, objects), files, given), read };
}

const SERVER = {
	ETCD_LISTEN_CLIENT_URLS: "https://0.0.0.0:2379",
	ETCD_CERT_FILE: "/certs/tls.crt",
	ETCD_KEY_FILE: "/certs/tls.key",
};
const MUTUAL = { ...SERVER, ETCD_CLIENT_CERT_AUTH: "true", ETCD_TRUSTED_CA_FILE: "/certs/ca.crt" };
const certs = () => ({ "tls.crt": server.cert, "tls.key": server.key, "ca.crt": ca });

describe("how members are spoken to", () => {
	it("in plain text, without reading any Secret", async () => {
		const { found, read } = find({ secrets: { certs: certs() } });
		expect(await found).toMatchObject({ access: {}, secrets: [], user: undefined });
		expect((await found).access.tls).toBeUndefined();
		expect(read).toEqual([]);
	});

	it("by TLS, each under its own name, with the authority that lies beside the certificate", async () => {
		const { access, secrets } = await find({ env: SERVER, secrets: { certs: certs() } }).found;
		expect(access.tls?.({ name: "etcd-3" })).toMatchObject({
			ca: ca.trim(),
			serverName: "etcd-3.etcd-headless.m.svc.cluster.local",
		});
		expect(secrets).toEqual(["certs"]);
	});

	it("with the members' own certificate, where etcd wants one", async () => {
		const { access, user } = await find({ env: MUTUAL, secrets: { certs: certs() } }).found;
		expect(access.tls?.({ name: "etcd-0" })).toMatchObject(server);
		expect(user, "what etcd takes its common name for").toBe("etcd");
	});

	it("with that certificate too where etcd is given an authority for clients, which alone demands one", async () => {
		const env = { ...SERVER, ETCD_TRUSTED_CA_FILE: "/certs/ca.crt" };
		const { access, shown } = await find({ env, secrets: { certs: certs() } }).found;
		expect(access.tls?.({ name: "etcd-0" })).toMatchObject(server);
		expect(shown).toMatchObject({ from: "tls.crt of Secret certs" });
	});

	it("by a name that the template refers to, and by what else may be in the member's certificate", async () => {
		const advertised = { ETCD_ADVERTISE_CLIENT_URLS: "https://$(POD).$(ETCD_SERVICE).$(DOMAIN):2379" };
		const env = { ...SERVER, ETCD_SERVICE: "etcd", ...advertised };
		const objects = new Map([["Secret/etcd-domain", new Map([["domain", "m.svc"]])]]);
		const secretEnv = { DOMAIN: "etcd-domain/domain" };
		const { access } = await find({ env, secretEnv, objects, secrets: { certs: certs() } }).found;
		const tls = access.tls?.({ name: "etcd-3" });
		expect(tls).toMatchObject({ serverName: "etcd-3.etcd.m.svc" });
		expect(tls?.isMembers?.(new X509Certificate(server.cert)), "*.etcd-headless.m.svc.cluster.local").toBe(true);
		const other = (await testCertificates(["*.other.m.svc"])).server;
		expect(tls?.isMembers?.(new X509Certificate(other.cert))).toBe(false);
	});

	it.each(["https://$(POD_IP):2379", "https://$(TYPO).m.svc:2379"])(
		"by any name that their authority signed, where %s is not known",
		async (url) => {
			const env = { ...SERVER, ETCD_ADVERTISE_CLIENT_URLS: url };
			const other = new X509Certificate((await testCertificates(["db.example.com"])).server.cert);
			const { access } = await find({ env, secrets: { certs: certs() } }).found;
			const tls = access.tls?.({ name: "etcd-3" });
			expect(tls).toMatchObject({ serverName: "etcd-3.etcd-headless.m.svc.cluster.local" });
			expect(tls?.isMembers?.(other)).toBe(true);
			// not by whomever one of the machine's authorities signed something for
			const { access: trusting } = await find({ env, given: { tls: client } }).found;
			expect(trusting.tls?.({ name: "etcd-3" }).isMembers?.(other)).toBe(false);
		},
	);

	it("by its address, where it advertises that", async () => {
		const env = { ...SERVER, ETCD_ADVERTISE_CLIENT_URLS: "https://$(POD_IP):2379" };
		const { access } = await find({ env, secrets: { certs: certs() } }).found;
		const facts = { name: "etcd-3", namespace: "m", addresses: ["10.0.0.3"], whole: true };
		const tls = access.tls?.({ name: "etcd-3", facts });
		expect(tls).toMatchObject({ serverName: "10.0.0.3" });
		expect(tls?.isMembers?.(new X509Certificate(server.cert))).toBe(true);
	});

	it("in plain text at the listener that a port-forward reaches, beside one with TLS", async () => {
		const env = { ...MUTUAL, ETCD_LISTEN_CLIENT_URLS: "https://$(POD_IP):2379,http://127.0.0.1:2381" };
		const { found, read } = find({ env, secrets: { certs: certs() } });
		expect((await found).access.tls).toBeUndefined();
		expect(read).toEqual([]);
	});

	it("with etcd's authority for clients, only where it signed the members' own certificates", async () => {
		const { "ca.crt": _, ...pair } = certs();
		const env = { ...MUTUAL, ETCD_TRUSTED_CA_FILE: "/clients/ca.pem" };
		const { access, authority } = await find({ env, secrets: { certs: pair, clients: { "ca.pem": ca } } }).found;
		expect(access.tls?.({ name: "etcd-0" })).toMatchObject({ ca: ca.trim() });
		expect(authority).toBe("ca.pem of Secret clients");
		const stranger = (await testCertificates(["x"])).ca;
		const foreign = find({ env, secrets: { certs: pair, clients: { "ca.pem": stranger } } }).found;
		await expect(foreign).rejects.toMatchObject({
			code: "EtcdAccessUnknown",
			hint: expect.stringContaining("--cacert"),
		});
	});

	it("with another pair that is mounted, where that is none for clients", async () => {
		const { "tls.key": _, ...keyless } = certs();
		const tools = { "ca.pem": ca, "ca-key.pem": server.key, "cli.pem": client.cert, "cli-key.pem": client.key };
		const { access, secrets } = await find({ env: MUTUAL, secrets: { certs: keyless, tools } }).found;
		expect(access.tls?.({ name: "etcd-0" })).toMatchObject(client);
		expect(secrets).toEqual(["certs", "tools"]);
	});

	it("as was given, without reading any Secret", async () => {
		const given = { tls: { ca: "CA", ...client, serverName: "etcd" }, auth: { username: "ann", password: "x" } };
		const { found, read } = find({ env: MUTUAL, secrets: { certs: certs() }, given });
		expect((await found).access.tls?.({ name: "etcd-0" })).toEqual({ ca: "CA", ...client, serverName: "etcd" });
		expect(await found).toMatchObject({ user: "ann", serverName: "etcd", secrets: [] });
		expect(read).toEqual([]);
	});

	it.each<[string, Setup, RegExp]>([
		["no authority", { env: SERVER }, /no Secret of its pods holds the authority/],
		[
			"certificates that members make themselves",
			{ env: { ...SERVER, ETCD_CERT_FILE: "", ETCD_AUTO_TLS: "true" } },
			/auto-tls/,
		],
		["a Secret that is gone", { env: SERVER, secrets: { certs: {} } }, /authority/],
	])("not with %s", async (_, setup, message) => {
		const refused = {
			code: "EtcdAccessUnknown",
			message: expect.stringMatching(message),
			hint: expect.stringMatching(/--/),
		};
		await expect(find(setup).found).rejects.toMatchObject(refused);
	});

	it("not with no certificate to show, and not where the Secret is closed", async () => {
		const onlyCa = { certs: { "ca.crt": ca } };
		await expect(find({ env: MUTUAL, secrets: onlyCa }).found).rejects.toMatchObject({
			hint: expect.stringContaining("--cert"),
		});
		await expect(find({ env: SERVER, secrets: onlyCa, forbidden: true }).found).rejects.toMatchObject({
			code: "Forbidden",
			message: expect.stringContaining("ca.crt of Secret certs"),
			hint: expect.stringContaining("--cacert"),
		});
	});
});

describe("etcd's user", () => {
	const secretEnv = { ETCD_ROOT_PASSWORD: "etcd/etcd-root-password" };

	it("is root, with the password that the image is told", async () => {
		const secrets = { etcd: { "etcd-root-password": "hunter2" } };
		expect(await find({ secretEnv, secrets }).found).toMatchObject({
			access: { auth: { username: "root", password: "hunter2" } },
			user: "root",
			secrets: ["etcd"],
		});
		const env = { ETCD_ROOT_PASSWORD_FILE: "/etcd/etcd-root-password" };
		expect(await find({ env, secrets }).found).toMatchObject({ access: { auth: { password: "hunter2" } } });
	});

	it("is root where the password is made of other variables, or one of a whole Secret", async () => {
		const secrets = { parts: { end: "ter2" }, whole: { ETCD_ROOT_PASSWORD: "hunter3" } };
		const made = find({ env: { ETCD_ROOT_PASSWORD: "hun$(END)" }, secretEnv: { END: "parts/end" }, secrets }).found;
		expect(await made).toMatchObject({ access: { auth: { password: "hunter2" } }, secrets: ["parts"] });
		const objects = new Map([["Secret/whole", new Map(Object.entries(secrets.whole))]]);
		const whole = find({ envFrom: ["whole"], objects, secrets }).found;
		expect(await whole).toMatchObject({ access: { auth: { password: "hunter3" } }, secrets: ["whole"] });
		const unread = await find({ envFrom: ["whole"], secrets }).found;
		expect(unread).toMatchObject({ user: undefined, userTrouble: expect.stringContaining("could not be read") });
	});

	it("is none where that may not be read; etcd may not ask", async () => {
		const found = await find({ secretEnv, forbidden: true }).found;
		expect(found).toMatchObject({ user: undefined, secrets: [], userTrouble: expect.stringContaining("Secret etcd") });
	});

	it("is of the Secret that was named", async () => {
		const secrets = { me: { username: "ann", password: "x" } };
		const found = await find({ secretEnv, secrets, given: { userSecret: "me" } }).found;
		expect(found).toMatchObject({ access: { auth: { username: "ann", password: "x" } }, secrets: ["me"] });
		for (const [name, words] of [
			["other", /not found/],
			["half", /lacks the key password/],
		] as const) {
			const given = { userSecret: name };
			const refused = find({ secrets: { half: { username: "ann" } }, given }).found;
			await expect(refused).rejects.toMatchObject({ code: "EtcdAccessUnknown", message: expect.stringMatching(words) });
		}
	});
});
