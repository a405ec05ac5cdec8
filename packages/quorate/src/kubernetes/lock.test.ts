import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { QuorateError } from "../errors.ts";
import type { KubernetesClient } from "./client.ts";
import { createKubernetesClient } from "./http-client.ts";
import { PROCESS_ANNOTATION, RUN_ANNOTATION } from "./lease.ts";
import { acquireLock, clearDeadLock, type Lock, type LockOptions } from "./lock.ts";
import { isGone, processIdentity } from "./process-identity.ts";
import { type LeaseServer, startLeaseServer } from "./testing/lease-server.ts";

let server: LeaseServer;
let client: KubernetesClient;
beforeEach(async () => {
	server = await startLeaseServer();
	client = createKubernetesClient(server.config);
});
afterEach(async () => {
	client.close();
	await server.close();
});

function acquire(options: Partial<LockOptions> = {}, signal?: AbortSignal): Promise<Lock> {
	const all = { namespace: "ns", name: "etcd", holder: "ann@here", describe: "scaling etcd from 3 to 5", ...options };
	return acquireLock(client, all, signal ? { signal } : {});
}

/** As if the holder were on another machine, from which one cannot tell whether it lives. */
function moveElsewhere(): void {
	server.edit((lease) => {
		lease.metadata.annotations = {
			...lease.metadata.annotations,
			[PROCESS_ANNOTATION]: "",
			[RUN_ANNOTATION]: "another",
		};
	});
}

function setRenewTime(time: string): void {
	server.edit((lease) => {
		lease.spec = { ...lease.spec, renewTime: time };
	});
}

const lostReason = (lock: Lock) =>
	new Promise<QuorateError>((resolve) => lock.lost.addEventListener("abort", () => resolve(lock.lost.reason)));

test("the Lease says who holds it, at what; release leaves nothing", async () => {
	const lock = await acquire();
	expect(lock.name).toBe("ns/quorate-etcd");
	expect(server.lease).toMatchObject({
		metadata: {
			name: "quorate-etcd",
			namespace: "ns",
			annotations: { "quorate.io/purpose": "scaling etcd from 3 to 5" },
		},
		spec: { holderIdentity: "ann@here", leaseDurationSeconds: 30, leaseTransitions: 0 },
	});
	await lock.confirm();
	await lock.release();
	expect(server.lease).toBeUndefined();
	expect(lock.lost.aborted).toBe(false);
});

test("a second one is told who holds it, since when, for what, and until when", async () => {
	const lock = await acquire();
	await expect(acquire({ holder: "bob@there" })).rejects.toMatchObject({
		code: "Locked",
		message: expect.stringMatching(
			/^ann@here is at work on this cluster since \d{4}-.*Z \(scaling etcd from 3 to 5\)$/,
		),
		state: expect.stringMatching(/nothing was changed; the Lease ns\/quorate-etcd expires (30|29) s from now/),
	});
	await lock.release();
	await (await acquire({ holder: "bob@there" })).release();
});

test("of many at once exactly one gets it", async () => {
	const results = await Promise.allSettled(Array.from({ length: 12 }, () => acquire()));
	const held = results.filter((result) => result.status === "fulfilled");
	expect(held).toHaveLength(1);
	for (const result of results)
		if (result.status === "rejected") expect(result.reason).toHaveProperty("code", "Locked");
	await held[0]?.value.release();
});

test("it is renewed while it is held", async () => {
	const lock = await acquire({ ttlSeconds: 0.3 });
	const first = server.lease?.metadata.resourceVersion;
	await expect
		.poll(() => Number(server.lease?.metadata.resourceVersion), { timeout: 5000 })
		.toBeGreaterThan(Number(first) + 3);
	expect(lock.lost.aborted).toBe(false);
	await lock.release();
	expect(server.lease).toBeUndefined();
});

test("an expired one is watched for its whole duration, then taken over", async () => {
	await (await acquire({ ttlSeconds: 1 })).confirm();
	moveElsewhere();
	setRenewTime("2020-01-01T00:00:00.000000Z");
	const waits: number[] = [];
	const lock = await acquire({ holder: "bob@there", onWait: (_, ms) => waits.push(ms) });
	expect(waits).toEqual([1000]);
	expect(server.lease?.spec).toMatchObject({ holderIdentity: "bob@there", leaseTransitions: 1 });
	await lock.release();
});

test.each(["2020-01-01T00:00:00.000000Z", "2099-01-01T00:00:00.000000Z", "nonsense"])(
	"one that is renewed, though its clock says %s, is left to its holder",
	async (time) => {
		await acquire({ ttlSeconds: 2 });
		moveElsewhere();
		setRenewTime(time);
		const taking = acquire({ holder: "bob@there", onWait: () => setRenewTime(time) });
		await expect(taking).rejects.toMatchObject({ code: "Locked", message: expect.stringContaining("ann@here") });
		expect(server.lease?.spec?.holderIdentity).toBe("ann@here");
	},
);

test("waiting for a death is ended by the signal", async () => {
	await acquire({ ttlSeconds: 30 });
	moveElsewhere();
	setRenewTime("2020-01-01T00:00:00.000000Z");
	const abort = new AbortController();
	const reason = new Error("enough");
	await expect(acquire({ onWait: () => abort.abort(reason) }, abort.signal)).rejects.toBe(reason);
});

test("a holder that was a process of this machine and is gone is succeeded at once, one that lives is not", async () => {
	const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
	await new Promise((resolve) => child.once("spawn", resolve));
	const start = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ")[19];
	await acquire();
	const identity = processIdentity()?.split(" ") ?? [];
	moveElsewhere();
	server.edit((lease) => {
		lease.metadata.annotations = {
			...lease.metadata.annotations,
			[PROCESS_ANNOTATION]: [...identity.slice(0, -2), child.pid, start].join(" "),
		};
	});
	await expect(acquire({ holder: "bob@there" })).rejects.toHaveProperty("code", "Locked");
	child.kill("SIGKILL");
	await new Promise((resolve) => child.once("exit", resolve));
	const lock = await acquire({ holder: "bob@there", onWait: () => expect.unreachable() });
	await lock.release();
});

test("of another boot, another pid namespace, or nonsense nobody is taken for dead", () => {
	const [boot, namespace, , start] = processIdentity()?.split(" ") ?? [];
	expect(isGone(`${boot} ${namespace} 2147483646 1`)).toBe(true);
	expect(isGone(`${boot} ${namespace} ${process.pid} ${start}`)).toBe(false);
	expect(isGone(`${boot} ${namespace} ${process.pid} 1`)).toBe(true);
	expect(isGone(`other ${namespace} 2147483646 1`)).toBe(false);
	expect(isGone(`${boot} pid:[1] 2147483646 1`)).toBe(false);
	for (const text of ["", "a", "a b c d", `${boot} ${namespace} x 1`, `${boot} ${namespace} -1 1`])
		expect(isGone(text)).toBe(false);
});

test("it is lost when someone else has it, and then it is not theirs that is deleted", async () => {
	const lock = await acquire({ ttlSeconds: 0.5 });
	moveElsewhere();
	server.edit((lease) => {
		lease.spec = { ...lease.spec, holderIdentity: "bob@there" };
	});
	expect(await lostReason(lock)).toMatchObject({
		code: "LockLost",
		message: "the lock was lost: bob@there has it now",
	});
	await expect(lock.confirm()).rejects.toHaveProperty("code", "LockLost");
	await lock.release();
	expect(server.lease?.spec?.holderIdentity).toBe("bob@there");
});

test("it is lost when its Lease is deleted", async () => {
	const lock = await acquire({ ttlSeconds: 0.5 });
	server.lease = undefined;
	expect(await lostReason(lock)).toMatchObject({ message: "the lock was lost: its Lease was deleted" });
});

test("someone's edit of it is no loss", async () => {
	const lock = await acquire({ ttlSeconds: 0.3 });
	server.edit((lease) => {
		lease.metadata.labels = { mine: "1" };
	});
	const edited = Number(server.lease?.metadata.resourceVersion);
	await expect
		.poll(() => Number(server.lease?.metadata.resourceVersion), { timeout: 5000 })
		.toBeGreaterThan(edited + 1);
	expect(lock.lost.aborted).toBe(false);
	expect(server.lease?.metadata.labels).toEqual({ mine: "1" });
	await lock.release();
	expect(server.lease).toBeUndefined();
});

test.each(["hangs", "refuses", "cuts"])("while the server %s it is lost", async (how) => {
	const lock = await acquire({ ttlSeconds: 1.2 });
	server.intercept = ({ socket }, response) => {
		if (how === "refuses") response.writeHead(500).end("{}");
		if (how === "cuts") socket.destroy();
		return true;
	};
	expect(await lostReason(lock)).toMatchObject({
		code: "LockLost",
		message: expect.stringContaining("could not be renewed"),
	});
	await expect(lock.confirm()).rejects.toHaveProperty("code", "LockLost");
});

test("a renewal whose answer got lost is no loss", async () => {
	// a busy machine must not lose it for another reason
	const lock = await acquire({ ttlSeconds: 3 });
	const { handler } = server;
	let cut = 0;
	server.handler = (seen, response) => {
		if (seen.method !== "PUT" || cut++ > 0) return handler(seen, response);
		response.end = (() => seen.socket.destroy()) as never;
		handler(seen, response);
	};
	await expect.poll(() => cut, { timeout: 30_000 }).toBeGreaterThan(3);
	expect(lock.lost.aborted).toBe(false);
	await lock.release();
	expect(server.lease).toBeUndefined();
});

test("what a killed run left behind is cleared, what a living one holds is not", async () => {
	await clearDeadLock(client, { namespace: "ns", name: "etcd" });
	const lock = await acquire();
	await clearDeadLock(client, { namespace: "ns", name: "etcd" });
	expect(server.lease).toBeDefined();
	await lock.confirm();
	const own = processIdentity() ?? "";
	const dead = [...own.split(" ").slice(0, 3), "1"].join(" ");
	server.edit((lease) => {
		lease.metadata.annotations = { ...lease.metadata.annotations, [PROCESS_ANNOTATION]: dead };
	});
	await clearDeadLock(client, { namespace: "ns", name: "etcd" });
	expect(server.lease).toBeUndefined();
	await lock.release();
});

test("a Lease that another run takes over just then is left to it", async () => {
	await acquire();
	const own = processIdentity() ?? "";
	const dead = [...own.split(" ").slice(0, 3), "1"].join(" ");
	server.edit((lease) => {
		lease.metadata.annotations = { ...lease.metadata.annotations, [PROCESS_ANNOTATION]: dead };
	});
	server.intercept = ({ method }) => {
		if (method === "DELETE") server.edit(() => {});
		return false;
	};
	await clearDeadLock(client, { namespace: "ns", name: "etcd" });
	expect(server.lease).toBeDefined();
});
