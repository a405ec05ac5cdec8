import { describe, expect, it } from "vitest";
import type { CertificateView } from "../cluster/security-view.ts";
import { PLAIN } from "../cluster/security-view.ts";
import { healthyView } from "../scaling/testing/views.ts";
import { tls } from "./tls.ts";

const NOW = new Date("2026-06-01T00:00:00Z");
const HEADLESS = "mayastor-etcd-headless.mayastor.svc.cluster.local";
const host = (ordinal: number) => `mayastor-etcd-${ordinal}.${HEADLESS}`;

const peer = (facts: Partial<CertificateView["facts"]> = {}, more: Partial<CertificateView> = {}): CertificateView => ({
	use: "peer",
	source: "tls.crt of Secret peers",
	trouble: undefined,
	hosts: [host(3), host(4)],
	facts: {
		names: [`*.${HEADLESS}`],
		commonName: "etcd",
		notBefore: new Date("2026-01-01T00:00:00Z"),
		notAfter: new Date("2027-01-01T00:00:00Z"),
		clientAuth: true,
		...facts,
	},
	...more,
});

const check = (...certificates: CertificateView[]) =>
	tls({
		view: healthyView(),
		goal: { replicas: 5, snapshot: true, keepVolumes: false },
		missingRights: [],
		force: false,
		security: { ...PLAIN, seenAt: NOW, certificates },
	});

describe("certificates", () => {
	it("are not needed for plain text", () => expect(check()).toMatchObject({ status: "pass" }));

	it("are good where a wildcard covers the new members", () =>
		expect(check(peer())).toEqual({
			id: "certificates-good",
			group: "etcd",
			status: "pass",
			saw: "certificates are good until 2027-01-01 and cover the members' names",
		}));

	it("that do not cover the new members are refused, with the names to add", () => {
		const found = check(peer({ names: [0, 1, 2, 3].map(host) }));
		expect(found).toMatchObject({ status: "fail", saw: expect.stringContaining(`does not cover ${host(4)}`) });
		expect(found.saw).not.toContain(host(3));
		expect(found.hint).toContain(host(4));
	});

	it.each([
		["2026-05-31T23:59:59Z", "fail", /has expired on 2026-05-31/],
		["2026-06-01T00:00:00Z", "fail", /has expired/],
		["2026-06-02T12:00:00Z", "warn", /expires in 1 day, on 2026-06-02/],
		["2026-06-30T00:00:00Z", "warn", /expires in 29 days/],
		["2026-07-01T00:00:00Z", "pass", /good until 2026-07-01/],
	])("that end at %s: %s", (notAfter, status, saw) =>
		expect(check(peer({ notAfter: new Date(notAfter) }))).toMatchObject({ status, saw: expect.stringMatching(saw) }),
	);

	it("that are not valid yet are refused", () =>
		expect(check(peer({ notBefore: new Date("2026-06-02T00:00:00Z") }))).toMatchObject({
			status: "fail",
			saw: expect.stringContaining("not valid before 2026-06-02"),
		}));

	it("of an authority count, too", () => {
		const authority = peer({ names: [], notAfter: new Date(0) }, { use: "authority", hosts: [], source: "ca.crt" });
		expect(check(peer(), authority)).toMatchObject({
			status: "fail",
			saw: "the authority's certificate, ca.crt, has expired on 1970-01-01",
		});
	});

	it("that cannot be read are refused where new members need them", () => {
		const unread = peer({}, { facts: undefined, trouble: "it is not there" });
		expect(check(unread)).toMatchObject({ status: "fail", saw: expect.stringContaining("it is not there") });
		expect(check({ ...unread, hosts: [] })).toMatchObject({ status: "warn" });
	});
});
