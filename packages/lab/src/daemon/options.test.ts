import { describe, expect, it } from "vitest";
import { parseName, parseUpOptions, type UpOptions } from "./options.ts";

describe("parseUpOptions", () => {
	it("fills in what is not said", () => {
		expect(parseUpOptions({})).toEqual({
			name: "lab",
			members: 3,
			nodes: 5,
			volumes: 200,
			empty: false,
			realProbes: false,
			crosswiseVolumes: false,
			stopHook: false,
			tls: false,
			clientCertAuth: false,
			tlsNames: "wildcard",
			auth: false,
			port: 0,
			wait: true,
			timeout: 120_000,
			offline: false,
		});
		expect(parseUpOptions({ members: 7 }).nodes).toBe(7);
		expect(parseUpOptions({ clientCertAuth: true }).tls).toBe(true);
	});

	it.each<UpOptions>([
		{ image: "nginx:1.27" },
		{ image: "Not An Image" },
		{ image: "etcd:3.5.9", etcdVersion: "3.5.9" },
		{ image: "bitnami/etcd:3.5.9", tls: true },
		{ image: "bitnami/etcd:3.5.9", auth: true },
		{ stopHook: true },
		{ stopHook: true, image: "etcd:3.5.9" },
		{ stopHook: true, image: "openebs/etcd:3.6.4-debian-12-r0" },
		{ crosswiseVolumes: true, snapshot: "etcd.db" },
		{ tlsNames: "exact" },
		{ tls: false, clientCertAuth: true },
		{ members: 0 },
		{ members: -1 },
		{ members: 2.5 },
		{ members: Number.NaN },
		{ members: 10 },
		{ members: 5, nodes: 4 },
		{ nodes: 201 },
		{ volumes: -1 },
		{ port: 65_536 },
		{ timeout: 0 },
		{ name: "" },
	])("refuses %j", (options) => {
		expect(() => parseUpOptions(options)).toThrow(expect.objectContaining({ code: "InvalidOption" }));
	});
});

describe("parseName", () => {
	it.each(["lab", "a", "two-labs", "7"])("takes %s", (name) => expect(parseName(name)).toBe(name));
	it.each(["..", "a/b", "-a", "a-", "A", "a b", "a".repeat(41), "lab\n"])("refuses %j", (name) => {
		expect(() => parseName(name)).toThrow(
			expect.objectContaining({ code: "InvalidOption", message: `"${name}" is not a name for a lab` }),
		);
	});
});
