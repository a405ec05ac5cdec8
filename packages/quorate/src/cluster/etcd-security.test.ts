import type { Container } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { type PortUse, tlsSettings } from "./etcd-security.ts";
import { namedPodFacts } from "./start/environment.ts";
import { Settings } from "./start/settings.ts";

const POD_NAME = { name: "MY_POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };

const withEnvironment = (values: Record<string, string>): Container => ({
	name: "etcd",
	env: [POD_NAME, ...Object.entries(values).map(([name, value]) => ({ name, value }))],
});

function guard(container: Container, use: PortUse, pod: string, objects?: ConstructorParameters<typeof Settings>[1]) {
	const settings = new Settings(container, objects);
	return tlsSettings(settings, use, settings.in(namedPodFacts("m", {}, pod)));
}

describe("how members guard their ports", () => {
	it("not at all", () => {
		const container = withEnvironment({ ETCD_LISTEN_CLIENT_URLS: "http://0.0.0.0:2379" });
		expect(guard(container, "client", "etcd-0")).toBeUndefined();
		expect(guard({ name: "etcd" }, "peer", "etcd-0")).toBeUndefined();
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
		expect(guard(container, "client", "etcd-4")).toEqual({
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
		const settings = guard({ name: "etcd", command }, "peer", "etcd-0");
		expect(settings).toMatchObject({ certFile: "/p/a", keyFile: undefined, clientCertAuth: true, auto: false });
		expect(guard({ name: "etcd", command }, "client", "etcd-0")).toBeUndefined();
	});

	it("by keys of ConfigMaps, whole ones, labels and annotations", () => {
		const container: Container = {
			name: "etcd",
			envFrom: [{ configMapRef: { name: "all" } }],
			env: [
				{ name: "ETCD_CLIENT_CERT_AUTH", valueFrom: { configMapKeyRef: { name: "all", key: "on" } } },
				{ name: "SCHEME", valueFrom: { configMapKeyRef: { name: "all", key: "scheme" } } },
				{ name: "ETCD_LISTEN_CLIENT_URLS", value: "$(SCHEME)://0.0.0.0:2379" },
				{ name: "ETCD_CERT_FILE", value: "$(CERTS)/tls.crt" },
				{ name: "ETCD_KEY_FILE", value: "$(KEYS)/tls.key" },
				{ name: "UNREAD", valueFrom: { secretKeyRef: { name: "unread", key: "x" } } },
				{ name: "ETCD_TRUSTED_CA_FILE", value: "$(UNREAD)/ca.crt" },
			],
		};
		const all = new Map([
			["on", "true"],
			["scheme", "https"],
			["CERTS", "/certs"],
		] as const);
		expect(guard(container, "client", "etcd-4", new Map([["ConfigMap/all", all]]))).toEqual({
			certFile: "/certs/tls.crt",
			keyFile: "$(KEYS)/tls.key",
			caFile: "`ETCD_TRUSTED_CA_FILE=$(UNREAD)/ca.crt`",
			clientCertAuth: true,
			auto: false,
		});
	});

	it.each([
		["$(UNREAD)", "/certs/tls.crt", true],
		["$(UNREAD)", undefined, false],
		["$(UNREAD)://0.0.0.0:2379", "/certs/tls.crt", true],
		["http://$(UNREAD):2379", "/certs/tls.crt", false],
		["https://$(UNREAD):2379", "/certs/tls.crt", true],
	])("where %s listens, which cannot be known, with the certificate %s", (url, certFile, guarded) => {
		const command = ["etcd", `--listen-client-urls=${url}`, ...(certFile ? [`--cert-file=${certFile}`] : [])];
		const env = [{ name: "UNREAD", valueFrom: { secretKeyRef: { name: "unread", key: "x" } } }];
		expect(guard({ name: "etcd", command, env }, "client", "etcd-0") !== undefined).toBe(guarded);
	});

	it.each([
		["--peer-client-cert-auth=false", false],
		["--peer-client-cert-auth=true", true],
		["--client-cert-auth", false],
	])("%s", (flag, on) => {
		const command = ["etcd", "--listen-peer-urls=https://0.0.0.0:2380", flag];
		expect(guard({ name: "etcd", command }, "peer", "etcd-0")?.clientCertAuth).toBe(on);
	});
});
