import type { Container, PodTemplateSpec, VolumeMount } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { fileSource, mountedSecrets } from "./container-files.ts";

const volumes = [
	{ name: "certs", secret: { secretName: "client" } },
	{ name: "items", secret: { secretName: "renamed", items: [{ key: "tls.crt", path: "pki/server.pem" }] } },
	{ name: "bundle", configMap: { name: "trust" } },
	{
		name: "projected",
		projected: {
			sources: [
				{ configMap: { name: "trust", items: [{ key: "root", path: "ca.crt" }] } },
				{ secret: { name: "peer" } },
				{ serviceAccountToken: { path: "token" } },
			],
		},
	},
	{ name: "disk", emptyDir: {} },
];

function find(path: string, ...volumeMounts: VolumeMount[]) {
	const container: Container = { name: "etcd", volumeMounts };
	const template: PodTemplateSpec = { spec: { containers: [container], volumes } };
	return { source: fileSource(template, container, path), secrets: mountedSecrets(template, container) };
}

const at = (mountPath: string, name: string, subPath?: string): VolumeMount => ({
	mountPath,
	name,
	...(subPath ? { subPath } : {}),
});

describe("where a container's file comes from", () => {
	it("a key of the Secret that is mounted there, with a slash at the end or without", () => {
		const source = { kind: "Secret", name: "client", key: "tls.crt" };
		expect(find("/certs/tls.crt", at("/certs/", "certs")).source).toEqual(source);
		expect(find("/certs//tls.crt", at("/certs", "certs")).source).toEqual(source);
		expect(find("/etc/my.pem", at("/etc/my.pem", "certs", "tls.crt")).source).toEqual(source);
	});

	it("the innermost mount's", () => {
		const mounts = [at("/certs", "certs"), at("/certs/ca", "bundle")];
		expect(find("/certs/ca/ca.crt", ...mounts).source).toEqual({ kind: "ConfigMap", name: "trust", key: "ca.crt" });
	});

	it("keys under other paths", () => {
		const renamed = { kind: "Secret", name: "renamed", key: "tls.crt" };
		expect(find("/certs/pki/server.pem", at("/certs", "items")).source).toEqual(renamed);
		expect(find("/certs/tls.crt", at("/certs", "items")).source).toBeUndefined();
		const root = { kind: "ConfigMap", name: "trust", key: "root" };
		expect(find("/p/ca.crt", at("/p", "projected")).source).toEqual(root);
		expect(find("/p/tls.key", at("/p", "projected")).source).toEqual({ kind: "Secret", name: "peer", key: "tls.key" });
	});

	it("nowhere", () => {
		expect(find("/certs/tls.crt", at("/cert", "certs")).source).toBeUndefined();
		expect(find("/certs/tls.crt", at("/certs", "disk")).source).toBeUndefined();
		expect(find("/certs/tls.crt", at("/certs", "missing")).source).toBeUndefined();
		expect(find("/certs", at("/certs", "certs")).source).toBeUndefined();
		expect(find("/certs/a/b", at("/certs", "certs")).source).toBeUndefined();
	});

	it("Secrets that are mounted", () =>
		expect(find("/", at("/a", "projected"), at("/b", "certs"), at("/c", "certs"), at("/d", "disk")).secrets).toEqual([
			"peer",
			"client",
		]));
});
