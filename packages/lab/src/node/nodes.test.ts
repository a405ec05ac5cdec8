import { beforeAll, describe, expect, test } from "vitest";
import { findBubblewrap } from "../binaries/find-bubblewrap.ts";
import { findEtcd } from "../binaries/find-etcd.ts";
import { inMachine } from "../machine/testing/in-machine.ts";

interface Ran {
	code: number;
	stdout: string;
	stderr: string;
}

interface Seen {
	unserved: string;
	members: number;
	put: Ran;
	got: Ran;
	answer: string;
	execs: Record<"exit" | "signal" | "input" | "shared" | "terminal", Ran> & { missing: string };
	cutOff: Ran;
	healed: Ran;
	killed: { exitCode: number; reason: string };
	previous: boolean;
	kept: Ran;
	offline: string;
	running: number;
	left: string[];
}

describe.skipIf(process.platform !== "linux")("three members of etcd on three nodes", () => {
	let seen: Seen;
	beforeAll(async () => {
		const [etcd, bwrap] = await Promise.all([findEtcd(), findBubblewrap()]);
		seen = await inMachine<Seen>(new URL("testing/three-members.ts", import.meta.url), [
			bwrap.path,
			etcd.folder,
			etcd.version,
		]);
	});

	test("become one cluster, and answer by name", () => {
		expect(seen.members).toBe(3);
		expect(seen.answer).toContain('"etcdserver"');
	});

	test("are reached through their Service, which refuses while none is ready", () => {
		expect(seen.unserved).toContain("ECONNREFUSED");
		expect(seen.put).toMatchObject({ code: 0, stdout: "OK\n" });
		expect(seen.got).toMatchObject({ code: 0, stdout: "value\n" });
	});

	test("take commands: exit codes, signals, input to its end", () => {
		expect(seen.execs.exit).toEqual({ code: 7, stdout: "out\n", stderr: "err\n" });
		expect(seen.execs.signal.code).toBe(137);
		expect(seen.execs.input).toMatchObject({ code: 0, stdout: "100000\n" });
		expect(seen.execs.missing).toContain('exec: "nope": executable file not found in $PATH');
	});

	test("show the container's own files, name, processes and environment", () => {
		expect(seen.execs.shared).toEqual({ code: 0, stdout: "100000\netcd-0\n/\netcd\netcd-0\n", stderr: "" });
	});

	test("give a terminal of the size that was asked for", () => {
		expect(seen.execs.terminal).toMatchObject({ code: 3, stdout: expect.stringContaining("33 101") });
	});

	test("can be cut off and healed", () => {
		expect(seen.cutOff.code).not.toBe(0);
		expect(seen.healed.code).toBe(0);
	});

	test("come back when they are killed, with what they held", () => {
		expect(seen.killed).toMatchObject({ exitCode: 137, reason: "Error" });
		expect(seen.previous).toBe(true);
		expect(seen.kept.stdout).toBe("value\n");
	});

	test("go with their node's power and come back with it", () => {
		expect(seen.offline).toContain("no route to host");
	});

	test("leave nothing running", () => {
		expect(seen.running).toBe(2);
		expect(seen.left).toEqual([]);
	});
});
