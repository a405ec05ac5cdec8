import fc from "fast-check";
import type { PersistentVolumeClaim } from "kubernetes-types/core/v1";
import { expect, test } from "vitest";
import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES } from "../../api/resources.ts";
import type { Claim, Volume } from "../stored.ts";
import { TestCluster } from "../testing/cluster.ts";

const SIZES = ["1Gi", "2Gi", "3Gi"];
const happenings = fc.array(
	fc.record({
		kind: fc.constantFrom("claim", "volume", "volume", "drop-claim", "drop-volume"),
		number: fc.nat(3),
		size: fc.constantFrom(...SIZES),
		reserved: fc.option(fc.nat(3)),
		together: fc.boolean(),
	}),
	{ minLength: 1, maxLength: 16 },
);

test("whatever comes and goes, claims and volumes are bound one to one, and to what fits", async () => {
	await fc.assert(
		fc.asyncProperty(happenings, async (events) => {
			const cluster = new TestCluster();
			for (const event of events) {
				happen(cluster, event);
				if (!event.together) await cluster.settle();
			}
			await cluster.settle();
			check(cluster);
			cluster.stop();
			expect(cluster.errors).toEqual([]);
		}),
		{ numRuns: 40 },
	);
});

type Happening = typeof happenings extends fc.Arbitrary<(infer T)[]> ? T : never;

function happen(cluster: TestCluster, { kind, number, size, reserved }: Happening): void {
	const { api } = cluster;
	const claim = `claim-${number}`;
	const volume = `volume-${number}`;
	const hasClaim = api.get(PERSISTENTVOLUMECLAIMS, "default", claim) !== undefined;
	const hasVolume = api.get(PERSISTENTVOLUMES, undefined, volume) !== undefined;
	if (kind === "claim" && !hasClaim) {
		api.create<PersistentVolumeClaim>(PERSISTENTVOLUMECLAIMS, {
			apiVersion: "v1",
			kind: "PersistentVolumeClaim",
			metadata: { name: claim, namespace: "default" },
			spec: { accessModes: ["ReadWriteOnce"], storageClassName: "manual", resources: { requests: { storage: size } } },
		});
	}
	if (kind === "volume" && !hasVolume) {
		const claimRef = { namespace: "default", name: `claim-${reserved}` };
		cluster.addVolume(volume, { capacity: { storage: size }, ...(reserved === null ? {} : { claimRef }) });
	}
	if (kind === "drop-claim" && hasClaim) api.delete(PERSISTENTVOLUMECLAIMS, "default", claim);
	if (kind === "drop-volume" && hasVolume) api.delete(PERSISTENTVOLUMES, undefined, volume);
}

function check({ api }: TestCluster): void {
	const claims = api.list<Claim>(PERSISTENTVOLUMECLAIMS);
	const volumes = api.list<Volume>(PERSISTENTVOLUMES);
	for (const claim of claims.filter(({ status }) => status?.phase === "Bound")) {
		const volume = volumes.find(({ metadata }) => metadata.name === claim.spec?.volumeName);
		expect(volume?.spec?.claimRef?.uid).toBe(claim.metadata.uid);
		expect(volume?.status?.phase).toBe("Bound");
		const requested = claim.spec?.resources?.requests?.storage ?? "";
		expect(SIZES.indexOf(volume?.spec?.capacity?.storage ?? "")).toBeGreaterThanOrEqual(SIZES.indexOf(requested));
	}
	for (const volume of volumes.filter(({ status }) => status?.phase === "Bound")) {
		const claim = claims.find(({ metadata }) => metadata.uid === volume.spec?.claimRef?.uid);
		expect(claim?.spec?.volumeName).toBe(volume.metadata.name);
	}
	// nobody waits while something that fits is free
	for (const claim of claims.filter(
		({ status, metadata }) => status?.phase === "Pending" && !metadata.deletionTimestamp,
	)) {
		const requested = SIZES.indexOf(claim.spec?.resources?.requests?.storage ?? "");
		const free = volumes.filter(
			({ spec, status, metadata }) =>
				status?.phase === "Available" &&
				!metadata.deletionTimestamp &&
				SIZES.indexOf(spec?.capacity?.storage ?? "") >= requested &&
				(!spec?.claimRef || spec.claimRef.name === claim.metadata.name),
		);
		expect(free).toEqual([]);
	}
}
