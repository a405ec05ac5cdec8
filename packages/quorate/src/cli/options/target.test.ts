import { describe, expect, it } from "vitest";
import { parseTarget } from "./target.ts";

describe("the StatefulSet that is meant", () => {
	it.each([
		[["sts/etcd"]],
		[["statefulset/etcd"]],
		[["statefulsets/etcd"]],
		[["statefulsets.apps/etcd"]],
		[["statefulset.apps/etcd"]],
		[["statefulsets.v1.apps/etcd"]],
		[["StatefulSet/etcd"]],
		[["sts", "etcd"]],
		[["statefulsets.apps", "etcd"]],
		[["etcd"]],
	])("%j is etcd", (words) => expect(parseTarget(words)).toBe("etcd"));

	it("may be left out, or be told by its type alone", () => {
		expect(parseTarget([])).toBeUndefined();
		expect(parseTarget(["sts"])).toBeUndefined();
		expect(parseTarget(["sts/sts"])).toBe("sts");
	});

	it.each([
		[["pod/etcd-0"], /not a StatefulSet/],
		[["deployments.apps/etcd"], /not a StatefulSet/],
		[["mayastor/sts/etcd"], /is not a name/],
		[["sts/"], /cannot be the name/],
		[["/etcd"], /not a StatefulSet/],
		[["Etcd"], /cannot be the name/],
		[[".."], /cannot be the name/],
		[[""], /cannot be the name/],
		[["a", "b"], /more than one/],
		[["sts/a", "sts/b"], /more than one/],
		[["sts", "a", "b"], /more than one/],
	])("%j is refused", (words, message) => {
		expect(() => parseTarget(words)).toThrow(message);
		expect(() => parseTarget(words)).toThrow(expect.objectContaining({ code: "Usage" }));
	});
});
