import { describe, expect, it } from "vitest";
import { findOne, parseSignal } from "./fault.ts";

describe("signals", () => {
	it.each([
		["KILL", "SIGKILL"],
		["sigterm", "SIGTERM"],
		["9", "SIGKILL"],
		["Stop", "SIGSTOP"],
	])("%s is %s", (text, signal) => {
		expect(parseSignal(text)).toBe(signal);
	});

	it.each(["", "0", "SIG", "NOPE", "9.5", "SIGSIGKILL"])("%j is none", (text) => {
		expect(() => parseSignal(text)).toThrow(
			expect.objectContaining({ code: "InvalidOption", message: `unknown signal ${JSON.stringify(text)}` }),
		);
	});
});

describe("pods", () => {
	const pods = ["a/etcd-0", "a/etcd-1", "b/etcd-1"];
	it.each([
		["etcd-0", "a/etcd-0"],
		["pod/etcd-0", "a/etcd-0"],
		["b/etcd-1", "b/etcd-1"],
	])("%s is %s", (name, label) => {
		expect(findOne(name, pods)).toBe(label);
	});

	it("a name in two namespaces is not guessed at", () => {
		expect(() => findOne("etcd-1", pods)).toThrow("etcd-1 is in several namespaces");
	});

	it.each(["cd-0", "etcd", "c/etcd-0", ""])("%j is nobody", (name) => {
		expect(() => findOne(name, pods)).toThrow(expect.objectContaining({ code: "NotInLab" }));
	});
});
