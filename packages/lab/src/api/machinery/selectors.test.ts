import { describe, expect, it } from "vitest";
import { pods } from "../kinds/pod.ts";
import { statefulsets } from "../kinds/statefulset.ts";
import { pod } from "../testing.ts";
import { matcher, parseLabelSelector } from "./selectors.ts";

const labels = { app: "etcd", tier: "db", "example.com/n": "5" };

describe("label selectors", () => {
	it.each([
		["", true],
		["app=etcd", true],
		["app==etcd,tier!=web", true],
		["app!=etcd", false],
		["missing!=x", true],
		["app in (web, etcd)", true],
		["app notin (web,etcd)", false],
		["missing notin (a)", true],
		["app", true],
		["!app", false],
		["!missing", true],
		["example.com/n>4", true],
		["example.com/n<5", false],
		["app=", false],
	])("%j", (text, expected) => {
		expect(parseLabelSelector(text)(labels)).toBe(expected);
	});

	it.each(["a=b=c", "a b", "-x=y", "a in b", "app=a b", ",", "x>y"])("%j is refused", (text) => {
		expect(() => parseLabelSelector(text)).toThrow(/^unable to parse requirement/);
	});
});

describe("field selectors", () => {
	const one = { ...pod("a", { nodeName: "node-1" }), status: { phase: "Running" } };
	it.each([
		["metadata.name=a", true],
		["metadata.name!=a", false],
		["spec.nodeName=node-1,status.phase=Running", true],
		["spec.nodeName=", false],
		["status.podIP=", true],
	])("%j", (fieldSelector, expected) => {
		expect(matcher(pods, { fieldSelector })?.(one)).toBe(expected);
	});

	it("refuses fields that the kind does not select by", () => {
		expect(() => matcher(pods, { fieldSelector: "spec.foo=1" })).toThrow("field label not supported: spec.foo");
		expect(() => matcher(statefulsets, { fieldSelector: "spec.replicas=1" })).toThrow(
			'"spec.replicas" is not a known field selector: only "metadata.name", "metadata.namespace"',
		);
	});
});
