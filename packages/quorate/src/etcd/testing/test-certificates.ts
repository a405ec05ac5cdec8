import { generate } from "selfsigned";

export interface TestCertificate {
	key: string;
	cert: string;
}

/** A private CA, and certificates signed by it: a server's for loopback and `names`, a client's. */
export async function testCertificates(names: readonly string[]) {
	const common = { algorithm: "sha256", keyType: "ec" as const };
	const authority = await generate([{ name: "commonName", value: "test CA" }], {
		...common,
		extensions: [
			{ name: "basicConstraints", cA: true, critical: true },
			{ name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
		],
	});
	const ca = { key: authority.private, cert: authority.cert };
	const signed = async (commonName: string): Promise<TestCertificate> => {
		const pair = await generate([{ name: "commonName", value: commonName }], {
			...common,
			ca,
			extensions: [
				{ name: "keyUsage", digitalSignature: true, critical: true },
				{ name: "extKeyUsage", serverAuth: true, clientAuth: true },
				{
					name: "subjectAltName",
					altNames: [{ type: 7, ip: "127.0.0.1" }, ...names.map((value) => ({ type: 2 as const, value }))],
				},
			],
		});
		return { key: pair.private, cert: pair.cert };
	};
	return { ca: ca.cert, server: await signed("etcd"), client: await signed("client") };
}
