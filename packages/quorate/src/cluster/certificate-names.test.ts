import { describe, expect, it } from "vitest";
import { covers } from "./certificate-names.ts";

const HEADLESS = "mayastor-etcd-headless.mayastor.svc.cluster.local";

describe("a certificate covers", () => {
	it.each([
		[[`mayastor-etcd-3.${HEADLESS}`], `mayastor-etcd-3.${HEADLESS}`],
		[[`*.${HEADLESS}`], `mayastor-etcd-3.${HEADLESS}`],
		[["*.Example.COM"], "a.example.com."],
		[["localhost", "10.0.0.1"], "10.0.0.1"],
		[["FD00:0:0:0:0:0:0:A"], "fd00::a"],
	])("%j: %s", (names, host) => expect(covers(names, host)).toBe(true));

	it.each([
		[[], "a"],
		// the name without its first label, one more label, half a label, another pod
		[[`*.${HEADLESS}`], HEADLESS],
		[["*.svc.cluster.local"], `mayastor-etcd-3.${HEADLESS}`],
		[[`mayastor-etcd-*.${HEADLESS}`], `mayastor-etcd-3.${HEADLESS}`],
		[[`mayastor-etcd-3.${HEADLESS}`], `mayastor-etcd-33.${HEADLESS}`],
		[["*"], "a"],
		[["*."], "a."],
		[["*.mayastor-etcd-headless"], `mayastor-etcd-3.${HEADLESS}`],
	])("not %j: %s", (names, host) => expect(covers(names, host)).toBe(false));
});
