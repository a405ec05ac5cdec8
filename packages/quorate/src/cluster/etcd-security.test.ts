import type { Container } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { clientHost, rootPassword, tlsSettings } from "./etcd-security.ts";

const POD_NAME = { name: "MY_POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };
const set = { serviceName: "etcd-headless", namespace: "m" };

const withEnvironment = (values: Record<string, string>): Container => ({
	name: "etcd",
	env: [POD_NAME, ...Object.entries(values).map(([name, value]) => ({ name, value }))],
});

describe("how members guard their ports", () => {
	it("not at all", () => {
		const container = withEnvironment({ ETCD_LISTEN_CLIENT_URLS: "http://0.0.0.0:2379" });
		expect(tlsSettings(container, "client", "etcd-0")).toBeUndefined();
		expect(tlsSettings({ name: "etcd" }, "peer", "etcd-0")).toBeUndefined();
	});

	it("by variables, with the pod's own name in them", () => {
		const container = withEnvironment({
			ETCD_LISTEN_CLIENT_URLS: "https://0.0.0.0:2379",
			CERTS: "/certs/$(MY_POD_NAME)",
			ETCD_CERT_FILE: "$(CERTS)/tls.crt",
			ETCD_KEY_FILE: "$(CERTS)/tls.key",
			ETCD_CLIENT_CERT_AUTH: "true",
			ETCD_TRUSTED_CA_FILE: "/certs/ca.crt",
		});
		expect(tlsSettings(container, "client", "etcd-4")).toEqual({
			certFile: "/certs/etcd-4/tls.crt",
			keyFile: "/certs/etcd-4/tls.key",
			caFile: "/certs/ca.crt",
			clientCertAuth: true,
			auto: false,
		});
	});

	it.each([
		[
			"flags",
			["etcd", "--listen-peer-urls", "https://0.0.0.0:2380", "--peer-cert-file=/p/a", "--peer-client-cert-auth"],
		],
		[
			"a script",
			["sh", "-c", "exec etcd --listen-peer-urls=https://$IP:2380 --peer-cert-file /p/a --peer-client-cert-auth"],
		],
	])("by %s", (_, command) => {
		const settings = tlsSettings({ name: "etcd", command }, "peer", "etcd-0");
		expect(settings).toMatchObject({ certFile: "/p/a", keyFile: undefined, clientCertAuth: true, auto: false });
		expect(tlsSettings({ name: "etcd", command }, "client", "etcd-0")).toBeUndefined();
	});

	it.each([
		["--peer-client-cert-auth=false", false],
		["--peer-client-cert-auth=true", true],
		["--client-cert-auth", false],
	])("%s", (flag, on) => {
		const command = ["etcd", "--listen-peer-urls=https://0.0.0.0:2380", flag];
		expect(tlsSettings({ name: "etcd", command }, "peer", "etcd-0")?.clientCertAuth).toBe(on);
	});
});

describe("the name that a pod's etcd is spoken to by", () => {
	it.each([
		["$(MY_POD_NAME).h.m.svc.k8s.example:2379,https://etcd.m:2379", "etcd-2.h.m.svc.k8s.example"],
		["etcd.m:2379,https://$(MY_POD_NAME).h:2379", "etcd-2.h"],
		// biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's, not JavaScript's
		["${HOSTNAME}.h.m.svc:2379", "etcd-2.h.m.svc"],
		["etcd.m:2379", "etcd-2.etcd-headless.m.svc.cluster.local"],
		["$(UNKNOWN):2379", "etcd-2.etcd-headless.m.svc.cluster.local"],
	])("%s", (url, host) =>
		expect(clientHost(withEnvironment({ ETCD_ADVERTISE_CLIENT_URLS: `https://${url}` }), "etcd-2", set)).toBe(host),
	);

	it("of variables that hold one another over and over, without an end", () => {
		const many = "$(A)".repeat(1000);
		const container = withEnvironment({ A: many, ETCD_ADVERTISE_CLIENT_URLS: `https://$(A)${many}:2379` });
		expect(clientHost(container, "etcd-2", set)).toBe("etcd-2.etcd-headless.m.svc.cluster.local");
	});

	it("where nothing is advertised", () =>
		expect(clientHost(undefined, "etcd-2", set)).toBe("etcd-2.etcd-headless.m.svc.cluster.local"));
});

describe("root's password", () => {
	it("is where Bitnami's image is told it", () => {
		const secretKeyRef = { name: "etcd", key: "etcd-root-password" };
		const container = { name: "etcd", env: [{ name: "ETCD_ROOT_PASSWORD", valueFrom: { secretKeyRef } }] };
		expect(rootPassword(container)).toEqual({ secret: "etcd", key: "etcd-root-password" });
		expect(rootPassword(withEnvironment({ ETCD_ROOT_PASSWORD_FILE: "/s/p" }))).toEqual({ file: "/s/p" });
		expect(rootPassword(withEnvironment({ ETCD_ROOT_PASSWORD: "x" }))).toEqual({ value: "x" });
		expect(rootPassword(withEnvironment({}))).toBeUndefined();
	});
});
