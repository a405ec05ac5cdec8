import { generate } from "selfsigned";
import { describe, expect, it } from "vitest";
import { testCertificates } from "../etcd/testing/test-certificates.ts";
import { certificateFacts } from "./certificate.ts";

describe("what is read from a certificate", () => {
	it("its names, wildcards and addresses too, its subject and its time", async () => {
		const { server } = await testCertificates(["*.etcd.m.svc", "a,b", 'quo"ted']);
		const facts = certificateFacts(server.cert);
		expect(facts).toMatchObject({
			names: ["127.0.0.1", "*.etcd.m.svc", "a,b", 'quo"ted'],
			commonName: "etcd",
			clientAuth: true,
		});
		expect(facts?.notAfter.getTime()).toBeGreaterThan(Date.now());
		expect(facts?.notBefore.getTime()).toBeLessThanOrEqual(Date.now());
	});

	it("that an authority's, and one for servers only, is not to be shown as a client's", async () => {
		const { ca } = await testCertificates([]);
		expect(certificateFacts(ca)).toMatchObject({ names: [], commonName: "test CA", clientAuth: false });
		const serverOnly = await generate([{ name: "organizationName", value: "o" }], {
			keyType: "ec",
			algorithm: "sha256",
			extensions: [{ name: "extKeyUsage", serverAuth: true }],
		});
		expect(certificateFacts(serverOnly.cert)).toMatchObject({ commonName: undefined, clientAuth: false });
	});

	it.each(["", "nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"])("nothing from %j", (text) =>
		expect(certificateFacts(text)).toBeUndefined(),
	);
});
