import { X509Certificate } from "node:crypto";
import type { StatefulSet } from "kubernetes-types/apps/v1";
import type { Secret } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { createEtcdCertificates } from "./certificates.ts";
import { guideManifests } from "./manifests.ts";
import { HEADLESS_DOMAIN } from "./names.ts";
import { gatewayOptions, makeSecurityMaterial } from "./security-material.ts";

const host = (ordinal: number) => `mayastor-etcd-${ordinal}.${HEADLESS_DOMAIN}`;

describe("the lab's certificates for etcd", () => {
	it.each([
		["wildcard", true],
		["exact", false],
	] as const)("%s: cover a member that comes later: %s", async (names, later) => {
		const { ca, client, peer } = await createEtcdCertificates({ members: 3, names });
		for (const { certificate } of [client, peer]) {
			const parsed = new X509Certificate(certificate);
			expect(parsed.verify(new X509Certificate(ca).publicKey)).toBe(true);
			expect([0, 2, 3].map((ordinal) => parsed.checkHost(host(ordinal)) !== undefined)).toEqual([true, true, later]);
			expect(parsed.checkHost("mayastor-etcd.mayastor.svc.cluster.local")).toBeDefined();
			expect(parsed.checkIP("127.0.0.1")).toBeDefined();
		}
	});

	it("give applications one that etcd takes for no user", async () => {
		const { application } = await createEtcdCertificates({ members: 1, names: "wildcard" });
		expect(new X509Certificate(application.certificate).subject).not.toContain("CN=");
	});
});

describe("a guarded cluster's manifests", () => {
	async function rendered(security: Parameters<typeof makeSecurityMaterial>[0]) {
		const material = await makeSecurityMaterial(security, 3);
		const objects = guideManifests({ members: 3, image: "etcd:3.5.9", security: material }).map(({ object }) => object);
		const set = objects.find(({ kind }) => kind === "StatefulSet") as unknown as StatefulSet;
		const { containers = [], volumes = [] } = set.spec?.template.spec ?? {};
		const [container] = containers;
		return {
			material,
			secrets: objects.filter(({ kind }) => kind === "Secret") as unknown as Secret[],
			environment: new Map(container?.env?.map((one) => [one.name, one.value ?? one.valueFrom?.secretKeyRef])),
			mounts: container?.volumeMounts?.map(({ mountPath }) => mountPath),
			volumes: volumes.map(({ secret }) => secret?.secretName),
		};
	}

	it("have no Secret and no mount where nothing is guarded", async () => {
		const { secrets, environment, mounts, volumes } = await rendered({ auth: false });
		expect([secrets, mounts, volumes]).toEqual([[], ["/bitnami/etcd"], []]);
		expect(environment.get("ALLOW_NONE_AUTHENTICATION")).toBe("yes");
		expect([...environment.keys()].filter((name) => /CERT|PASSWORD|USER/.test(name))).toEqual([]);
	});

	it("put certificates where the chart does, and every URL is https", async () => {
		const { secrets, environment, volumes } = await rendered({
			tls: { clientCertAuth: true, names: "wildcard" },
			auth: false,
		});
		expect(secrets.map(({ metadata }) => metadata?.name)).toEqual(volumes);
		expect(secrets.map(({ data }) => Object.keys(data ?? {}).sort())).toEqual(
			Array(2).fill(["ca.crt", "tls.crt", "tls.key"]),
		);
		expect(environment.get("ETCD_TRUSTED_CA_FILE")).toBe("/opt/bitnami/etcd/certs/client/ca.crt");
		for (const [name, text] of environment)
			if (/_URLS$|INITIAL_CLUSTER$/.test(name) && name !== "ETCD_LISTEN_METRICS_URLS")
				expect(text, name).not.toMatch(/http:/);
	});

	it("keep root's password in a Secret alone", async () => {
		const { material, secrets, environment } = await rendered({ auth: true });
		expect(material.rootPassword).toMatch(/^[\w-]{16}$/);
		expect(environment.get("ETCD_ROOT_PASSWORD")).toEqual({ name: "mayastor-etcd", key: "etcd-root-password" });
		expect(JSON.stringify([...environment])).not.toContain(material.rootPassword);
		const password = secrets[0]?.data?.["etcd-root-password"] ?? "";
		expect(Buffer.from(password, "base64").toString()).toBe(material.rootPassword);
		expect(gatewayOptions(material)).toEqual({ user: { name: "root", password: material.rootPassword } });
	});
});
