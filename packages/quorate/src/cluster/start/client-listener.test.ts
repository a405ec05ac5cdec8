// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a shell's, not JavaScript's
import type { Container, EnvVar } from "kubernetes-types/core/v1";
import { expect, it } from "vitest";
import { clientListener } from "./client-listener.ts";
import { Settings } from "./settings.ts";

const field = (name: string, fieldPath: string): EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath } } });
const env = [
	...[field("POD_NAME", "metadata.name"), field("POD_IP", "status.podIP"), field("NODE_IP", "status.hostIP")],
	{ name: "PORT", valueFrom: { configMapKeyRef: { name: "ports", key: "client" } } },
	{ name: "SECRET", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
];
const objects = new Map([["ConfigMap/ports", new Map([["client", "12379"]])]]);
const listener = (more: Partial<Container>) =>
	clientListener(new Settings({ name: "etcd", env, command: ["etcd"], ...more }, objects));

it.each([
	["http://0.0.0.0:2379", { port: 2379, scheme: "http", on: "localhost" }],
	["https://[::]:2379", { port: 2379, scheme: "https", on: "localhost" }],
	["http://:2379", { port: 2379, scheme: "http", on: "localhost" }],
	["https://0.0.0.0:$(PORT)", { port: 12379, scheme: "https", on: "localhost" }],
	["http://$(POD_IP):2379", { port: 2379, scheme: "http", on: "pod" }],
	["https://[$(POD_IP)]:2379", { port: 2379, scheme: "https", on: "pod" }],
	["https://$(NODE_IP):2379", { port: 2379, scheme: "https", on: "pod" }],
	["http://10.0.0.7:2379", { port: 2379, scheme: "http", on: "pod" }],
	["http://$(SECRET):2379", { port: 2379, scheme: "http", on: "unknown" }],
	// a port-forward reaches the second of them
	["https://$(POD_IP):2379,http://127.0.0.1:12380", { port: 12380, scheme: "http", on: "localhost" }],
	["https://$(POD_IP):2379, https://localhost:2379", { port: 2379, scheme: "https", on: "localhost" }],
	["$(SECRET)", { port: undefined, scheme: "http", on: "unknown" }],
])("etcd that listens on %s", (urls, expected) =>
	expect(listener({ args: [`--listen-client-urls=${urls}`] })).toEqual(expected),
);

it("in a script", () => {
	const command = ["sh", "-c", "exec etcd --listen-client-urls http://${POD_IP}:2379"];
	expect(listener({ command })).toMatchObject({ on: "pod" });
	const own = ["sh", "-c", "exec etcd --listen-client-urls http://$(hostname -i):2379"];
	expect(listener({ command: own })).toMatchObject({ port: 2379, on: "unknown" });
});

it("listens on localhost where it is not told, and at the port that it advertises", () => {
	const args = ["--advertise-client-urls=https://$(POD_NAME).etcd:12379"];
	expect(listener({ args })).toEqual({ port: 12379, scheme: "https", on: "localhost" });
	expect(listener({})).toEqual({ port: undefined, scheme: "http", on: "localhost" });
});
