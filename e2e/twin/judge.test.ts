import { describe, expect, it } from "vitest";
import { differentLines } from "./different-lines.ts";
import { judge } from "./judge.ts";
import { normalise } from "./normalise.ts";
import { words } from "./operation.ts";

const difference = { chapter: "reading", operation: "get pods", at: "stdout", lab: "a", real: "b" };
const explanation = { operation: /^get pods$/, what: "a for b", reason: "it is so" };

describe("judging differences", () => {
	it("takes an explained one, and finds fault with an unexplained one", () => {
		expect(judge([difference], [explanation])).toEqual({ unexplained: [], stale: [] });
		expect(judge([difference], [])).toEqual({ unexplained: [difference], stale: [] });
		expect(judge([difference], [{ ...explanation, lab: /^c$/ }]).unexplained).toEqual([difference]);
	});

	it("finds fault with an explanation of nothing", () => {
		expect(judge([], [explanation]).stale).toEqual([explanation]);
	});
});

describe("comparing", () => {
	it("finds lines that only one has, in stretches", () => {
		expect(differentLines("a\nb\nc", "a\nx\ny\nc\nd")).toEqual([
			{ lab: "b", real: "x\ny" },
			{ lab: undefined, real: "d" },
		]);
		expect(differentLines("a\nb", "a\nb")).toEqual([]);
	});

	it("leaves out what differs between any two clusters, and nothing else", () => {
		const line = "mayastor-etcd-0   1/1   Running   1 (2m3s ago)   4m   198.18.0.3   worker-1";
		expect(normalise(line, "ns")).toBe(
			"mayastor-etcd-0\t1/1\tRunning\t1 (AGE ago)\t4m\tADDRESS\tNODE".replace("4m", "AGE"),
		);
		expect(normalise("uid 8d4a7f3e-0000-4000-8000-0123456789ab at 2026-01-02T03:04:05Z", "ns")).toBe("uid UID at TIME");
		expect(normalise("3 replicas of etcd:3.5.9", "ns")).toBe("3 replicas of etcd:3.5.9");
	});

	it("splits a command as a shell does", () => {
		expect(words(`patch x -p '{"a":"b c"}' --name="d e"`)).toEqual(["patch", "x", "-p", '{"a":"b c"}', "--name=d e"]);
	});
});
