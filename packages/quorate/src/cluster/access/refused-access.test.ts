import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EtcdError } from "../../etcd/member-client.ts";
import { etcdBinaries } from "../../etcd/testing/etcd-binaries.ts";
import { startEtcd, type TestCluster } from "../../etcd/testing/etcd-process.ts";
import { testCertificates } from "../../etcd/testing/test-certificates.ts";
import type { FoundAccess } from "./find-access.ts";
import { refusedAccess } from "./refused-access.ts";

const serverName = "etcd-0.etcd";
let folder: string;
let ours: Awaited<ReturnType<typeof testCertificates>>;
let others: typeof ours;
let etcd: TestCluster;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-refused-"));
	[ours, others] = [await testCertificates([serverName]), await testCertificates([serverName])];
	const file = async (name: string, text: string) => {
		await writeFile(join(folder, name), text);
		return join(folder, name);
	};
	const { ca, server, client } = ours;
	const binary = etcdBinaries().at(-1);
	if (!binary) throw new Error("there is no etcd");
	etcd = await startEtcd(binary, {
		scheme: "https",
		// without --client-cert-auth: the authority alone demands a client's certificate (etcd#16663)
		args: [
			`--trusted-ca-file=${await file("ca.pem", ca)}`,
			`--cert-file=${await file("cert.pem", server.cert)}`,
			`--key-file=${await file("key.pem", server.key)}`,
		],
		client: { tls: { ca, ...client, serverName } },
	});
});
afterAll(async () => {
	await etcd?.stop();
	await rm(folder, { recursive: true, force: true });
});

async function refusal(tls: { ca: string; cert?: string; key?: string }) {
	const client = etcd.connect(etcd.first, { tls: { ...tls, serverName } });
	const error = await client.status({ timeoutMs: 3000 }).catch((one: unknown) => one);
	client.close();
	if (!(error instanceof EtcdError)) throw new Error("it was let in");
	const shown = tls.cert === undefined ? undefined : { cert: tls.cert, from: "client.pem" };
	const found: FoundAccess = {
		...{ access: {}, secrets: [], user: undefined, serverName: undefined, userTrouble: undefined },
		shown,
		authority: "ca.pem",
	};
	return refusedAccess(error, found);
}

it("wants a certificate", async () => {
	expect(await refusal({ ca: ours.ca })).toMatchObject({
		code: "EtcdAccessUnknown",
		message: expect.stringContaining("takes only clients with a certificate"),
		hint: expect.stringContaining("--cert"),
	});
});

it("does not know who signed it", async () => {
	expect(await refusal({ ca: ours.ca, ...others.client })).toMatchObject({
		code: "EtcdAccessRefused",
		message:
			"etcd does not accept the client certificate client.pem: it is not signed by an authority that etcd trusts",
	});
});

it("does not take one that has expired, and says when it did", async () => {
	const pair = await generate([{ name: "commonName", value: "old" }], {
		notBeforeDate: new Date("2020-01-01"),
		notAfterDate: new Date("2020-02-01"),
	});
	expect(await refusal({ ca: ours.ca, cert: pair.cert, key: pair.private })).toMatchObject({
		code: "EtcdAccessRefused",
		exitCode: 1,
		message: "etcd does not accept the client certificate client.pem: it expired on 2020-02-01",
	});
});

it("shows one that another authority signed", async () => {
	expect(await refusal({ ca: others.ca, ...ours.client })).toMatchObject({
		code: "EtcdAccessRefused",
		message: "the certificate that etcd shows cannot be trusted: it is not signed by ca.pem",
	});
});

it("shows one that is for another name, and says for which it is", async () => {
	const client = etcd.connect(etcd.first, { tls: { ca: ours.ca, ...ours.client, serverName: "etcd-1.etcd" } });
	const error = await client.status({ timeoutMs: 3000 }).catch((one: unknown) => one);
	client.close();
	const found = { shown: undefined, authority: undefined, user: undefined } as unknown as FoundAccess;
	expect(refusedAccess(error as EtcdError, found)).toMatchObject({
		code: "EtcdAccessRefused",
		message: expect.stringMatching(/is not for etcd-1\.etcd: it is for .*etcd-0\.etcd/),
		hint: expect.stringContaining("--server-name"),
	});
	const taken = etcd.connect(etcd.first, {
		tls: {
			ca: ours.ca,
			...ours.client,
			serverName: "etcd-1.etcd",
			isMembers: ({ subjectAltName = "" }) => subjectAltName.includes(serverName),
		},
	});
	await taken.status({ timeoutMs: 3000 });
	taken.close();
});

it("says nothing where a member does not answer for another reason", () => {
	const found = { shown: undefined, authority: undefined, user: undefined } as unknown as FoundAccess;
	const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
	expect(refusedAccess(new EtcdError("Unavailable", "Status", "etcd-0", "x", refused), found)).toBeUndefined();
});
