import { randomBytes } from "node:crypto";
import { CLIENT_NAME, createEtcdCertificates } from "./certificates.ts";
import type { GatewayOptions } from "./etcd-gateway.ts";
import type { Security, SecurityMaterial } from "./security.ts";

/** Certificates and a password of this lab's own. */
export async function makeSecurityMaterial({ tls, auth }: Security, members: number): Promise<SecurityMaterial> {
	return {
		...(tls
			? {
					certificates: {
						...(await createEtcdCertificates({ members, names: tls.names })),
						clientCertAuth: tls.clientCertAuth,
					},
				}
			: {}),
		...(auth ? { rootPassword: randomBytes(12).toString("base64url") } : {}),
	};
}

/** How the lab itself speaks to etcd. */
export function gatewayOptions({ certificates, rootPassword }: SecurityMaterial): GatewayOptions {
	return {
		...(certificates
			? {
					tls: {
						ca: certificates.ca,
						cert: certificates.application.certificate,
						key: certificates.application.key,
						serverName: CLIENT_NAME,
					},
				}
			: {}),
		...(rootPassword === undefined ? {} : { user: { name: "root", password: rootPassword } }),
	};
}
