import fc from "fast-check";
import { expect, it } from "vitest";
import { QuorateError } from "../errors.ts";
import { changesOf, spoilt } from "../testing/spoil.ts";
import { PROCESS_ANNOTATION, RUN_ANNOTATION } from "./lease.ts";
import { acquireLock, clearDeadLock } from "./lock.ts";
import { processIdentity } from "./process-identity.ts";
import { memoryClient } from "./testing/memory-client.ts";

const LOCK = { namespace: "ns", name: "etcd", describe: "scaling etcd from 3 to 5" };

const LEASE = {
	apiVersion: "coordination.k8s.io/v1",
	kind: "Lease",
	metadata: {
		name: "quorate-etcd",
		namespace: "ns",
		uid: "uid-1",
		resourceVersion: "1",
		annotations: { [RUN_ANNOTATION]: "a-run", [PROCESS_ANNOTATION]: processIdentity() ?? "" },
	},
	spec: {
		holderIdentity: "ann@there",
		leaseDurationSeconds: 30,
		acquireTime: "2099-01-01T00:00:00.000000Z",
		renewTime: "2020-01-01T00:00:00.000000Z",
		leaseTransitions: 0,
	},
};

const codeOf = (error: unknown): string => {
	if (error instanceof QuorateError) return error.code;
	throw error;
};

it("a Lease that is not what it should be is refused, waited for or taken over, and one that cannot be is not written to", async () => {
	const ends = new Set<string>();
	const words = ["2099-01-01T00:00:00Z", "1 2 3 4", new Date().toISOString()];
	const property = fc.asyncProperty(changesOf(LEASE, { words }), async (changes) => {
		const client = memoryClient({ leases: { "quorate-etcd": spoilt(LEASE, changes) } });
		const stop = new AbortController();
		const onWait = () => stop.abort(new QuorateError("Stopped", { operation: "waiting", message: "it waits" }));
		const end = await acquireLock(client, { ...LOCK, onWait }, { signal: stop.signal }).then(() => "held", codeOf);
		// nothing is written in memory: Forbidden is a Lease that would have been taken over
		expect(client.writes).toEqual(end === "Forbidden" ? ["update leases"] : []);
		ends.add(end);
		ends.add(await clearDeadLock(client, LOCK).then(() => "cleared", codeOf));
	});
	await fc.assert(property, { numRuns: process.env.QUORATE_EXPLORE === "full" ? 20_000 : 1000 });
	expect([...ends]).toEqual(expect.arrayContaining(["Stopped", "Forbidden", "Unreachable", "cleared"]));
	expect(ends).not.toContain("Internal");
});
