import { generate } from "selfsigned";

/** PEM. */
interface Pair {
	readonly cert: string;
	readonly key: string;
}

/** An authority for one case, and what it signs. */
export interface CaseAuthority {
	readonly ca: string;
	/** good for servers and clients; @param names that it covers; @param until its end, which may be over */
	sign(names: readonly string[], until?: Date): Promise<Pair>;
}

const DAY = 24 * 60 * 60 * 1000;

export async function caseAuthority(): Promise<CaseAuthority> {
	const common = { algorithm: "sha256", keyType: "ec", notBeforeDate: new Date("2020-01-01") } as const;
	const notAfterDate = new Date(Date.now() + 365 * DAY);
	const authority = await generate([{ name: "commonName", value: "case" }], {
		...common,
		notAfterDate,
		extensions: [
			{ name: "basicConstraints", cA: true, critical: true },
			{ name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
		],
	});
	return {
		ca: authority.cert,
		sign: async (names, until = notAfterDate) => {
			const pair = await generate([{ name: "organizationName", value: "case" }], {
				...common,
				notAfterDate: until,
				ca: { key: authority.private, cert: authority.cert },
				extensions: [
					{ name: "keyUsage", digitalSignature: true, critical: true },
					{ name: "extKeyUsage", serverAuth: true, clientAuth: true },
					{ name: "subjectAltName", altNames: names.map((value) => ({ type: 2, value })) },
				],
			});
			return { cert: pair.cert, key: pair.private };
		},
	};
}

/** As one more document of a manifest. */
export function secretDocument(namespace: string, name: string, files: Readonly<Record<string, string>>): string {
	const object = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData: files };
	return `\n---\n${JSON.stringify(object)}\n`;
}
