import { describe, expect, it } from "vitest";
import { seen, unseen } from "../cluster/surroundings.ts";
import { healthyView } from "../scaling/testing/views.ts";
import { claims } from "./claims.ts";
import { mayastorVolumes } from "./mayastor-volumes.ts";
import { pools } from "./pools.ts";
import { retention } from "./retention.ts";
import { storage } from "./storage.ts";
import { inputOf, surroundingsOf, withSet } from "./testing/input.ts";
import { volumesPlaced } from "./volumes-placed.ts";

const view = healthyView();
const [claim] = view.claims;
const [volume] = view.volumes;
if (!claim || !volume) throw new Error("the healthy view has no claims");

describe("claims", () => {
	it("of members are bound", () =>
		expect(claims(inputOf())).toMatchObject({ status: "pass", saw: "3 claims, all bound and all of members" }));
	it("that wait for a volume", () => {
		const pending = [{ ...claim, phase: "Pending" as const }, ...view.claims.slice(1)];
		expect(claims(inputOf({ view: { ...view, claims: pending } }))).toMatchObject({
			status: "warn",
			saw: "claim data-mayastor-etcd-0 is Pending",
		});
	});
	it("that are left over", () => {
		const stale = { ...claim, ordinal: 4, name: "data-mayastor-etcd-4" };
		expect(claims(inputOf({ view: { ...view, claims: [...view.claims, stale] } }))).toMatchObject({
			status: "warn",
			saw: "claim data-mayastor-etcd-4 is left over",
			hint: expect.stringContaining("kubectl delete pvc data-mayastor-etcd-4"),
		});
	});
	it("that were never bound are nobody's", () => {
		const unbound = {
			...claim,
			ordinal: 4,
			name: "data-mayastor-etcd-4",
			phase: "Pending" as const,
			volume: undefined,
		};
		expect(claims(inputOf({ view: { ...view, claims: [...view.claims, unbound] } }))).toMatchObject({
			status: "pass",
			saw: "3 claims, all bound and all of members; never bound, and so empty: data-mayastor-etcd-4",
		});
	});
	it("whose volume is left over; another's is no matter", () => {
		const released = (name: string) => ({ ...volume, name, phase: "Released", claim: { namespace: "mayastor", name } });
		const volumes = [...view.volumes, released("data-mayastor-etcd-3"), released("data-other-0")];
		expect(claims(inputOf({ view: { ...view, volumes } }))).toMatchObject({
			status: "warn",
			saw: "volume data-mayastor-etcd-3 is Released",
		});
	});
	it("that the controller deletes", () => {
		expect(retention(inputOf())).toMatchObject({
			status: "pass",
			saw: expect.stringContaining("reclaim policy of the volumes: Delete"),
		});
		expect(retention(inputOf({ view: withSet({ deletesClaims: true }) }))).toMatchObject({ status: "warn" });
	});
	it("of classes that may not be listed", () => {
		const closed = { ...view, unread: { classes: "this user may not list storageclasses" } };
		expect(storage(inputOf({ view: closed }))).toMatchObject({
			status: "skip",
			saw: expect.stringContaining("storageclasses"),
		});
	});
});

describe("volumes on a node's disk", () => {
	const on = (host: string) => ({
		...view,
		volumes: view.volumes.map((one) => ({
			...one,
			spec: {
				...one.spec,
				nodeAffinity: {
					required: {
						nodeSelectorTerms: [
							{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [host] }] },
						],
					},
				},
			},
		})),
	});
	it.each([
		["bound to no node", view, "warn", /etcd-volume-0, etcd-volume-1, etcd-volume-2: .*bound to no node/],
		["bound to theirs", on("node-1"), "pass", /3 volumes, each bound/],
		["bound to one that is gone", on("node-99"), "warn", /node of etcd-volume-0, .* is gone/],
		["that may not be listed", { ...view, unread: { volumes: "no right" } }, "skip", /no right/],
		["of which there are none", { ...view, volumes: [] }, "pass", /no volume is on/],
	])("%s", (_, seenView, status, saw) =>
		expect(volumesPlaced(inputOf({ view: seenView }))).toMatchObject({ status, saw: expect.stringMatching(saw) }),
	);
});

describe("Mayastor", () => {
	const pool = (status: string) => ({ name: "pool-1", node: "node-2", status });
	it.each([
		["pools Online", pools, surroundingsOf(), "pass", /1 pools, all Online/],
		[
			"a pool that is not",
			pools,
			surroundingsOf({ pools: seen([pool("Degraded")]) }),
			"fail",
			/pool pool-1 on node-2 is Degraded/,
		],
		["no pools", pools, surroundingsOf({ pools: seen([]) }), "skip", /no DiskPools/],
		["no Mayastor", pools, surroundingsOf({ pools: unseen("no such kind") }), "skip", /no such kind/],
		["volumes whole", mayastorVolumes, surroundingsOf(), "pass", /5 volumes, none/],
		[
			"volumes not whole",
			mayastorVolumes,
			surroundingsOf({ replicas: seen({ volumes: 9, degraded: ["a", "b", "c", "d"] }) }),
			"fail",
			/4 of 9 .*: a, b, c and 1 more/,
		],
		["volumes unseen", mayastorVolumes, surroundingsOf({ replicas: unseen("no voter") }), "skip", /no voter/],
	] as const)("%s", (_, check, surroundings, status, saw) =>
		expect(check(inputOf({ surroundings }))).toMatchObject({ status, saw: expect.stringMatching(saw) }),
	);
});
