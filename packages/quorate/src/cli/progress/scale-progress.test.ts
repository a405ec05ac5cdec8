import { describe, expect, it } from "vitest";
import type { ScaleEvent } from "../../scaling/events.ts";
import { healthyView } from "../../scaling/testing/views.ts";
import { plainStyle } from "../testing/plain-style.ts";
import { amount, scaleProgress } from "./scale-progress.ts";

const step = { kind: "raise-replicas", replicas: 4 } as const;
const wait = { kind: "pod-scheduled", ordinal: 3, reason: "pod mayastor-etcd-3: Unschedulable", hint: "" } as const;

const EVENTS: ScaleEvent[] = [
	{ type: "step-started", at: 0, step, number: 5, total: 18 },
	{ type: "step-done", at: 100, step, milliseconds: 120 },
	{ type: "waiting", at: 200, wait, milliseconds: 0, limit: 180_000 },
	{ type: "waited", at: 6200, wait, milliseconds: 6000 },
	{ type: "step-started", at: 6300, step: { kind: "take-snapshot" }, number: 6, total: 18 },
	{ type: "progress", at: 6400, what: "snapshot", done: 12_000_000, total: 24_000_000, unit: "bytes" },
];

function watch(columns?: number) {
	const lines: string[] = [];
	const statuses: string[] = [];
	let time = 0;
	let status: (() => string) | undefined;
	const ticker = {
		line: (text: string) => void lines.push(text),
		now: (next: (() => string) | undefined) => {
			status = next;
		},
		close: () => {},
	};
	const tell = scaleProgress(ticker, plainStyle(columns), healthyView().statefulSet, () => time);
	for (const event of EVENTS) {
		time = event.at;
		tell(event);
		time += 1000;
		statuses.push(status?.() ?? "");
	}
	return { lines, statuses };
}

describe("progress", () => {
	it("is a line a change where nobody looks, without control characters", () => {
		expect(watch().lines).toEqual(["√  5/18 StatefulSet: replicas 4, which makes pod mayastor-etcd-3  0.1s"]);
	});

	it("is cut to the terminal, with the times at its right, and tells long waits too", () => {
		expect(watch(60).lines).toEqual([
			"√  5/18 StatefulSet: replicas 4, which makes pod may…  0.1s",
			"  waited 6.0s: pod mayastor-etcd-3: Unschedulable",
		]);
	});

	it("always says what goes on now, for how long, and why", () => {
		expect(watch().statuses).toEqual([
			" 5/18 · 1.0s · StatefulSet: replicas 4, which makes pod mayastor-etcd-3",
			" 5/18",
			" 5/18 · waiting 1.0s of 3m00s · pod mayastor-etcd-3: Unschedulable",
			" 5/18",
			" 6/18 · 1.0s · snapshot: saved and verified, in the working folder",
			" 6/18 · 1.1s · 11 MiB of 23 MiB · snapshot: saved and verified, in the working folder",
		]);
	});

	it("tells what came of a step, where there is something to tell", () => {
		const lines: string[] = [];
		const ticker = { line: (text: string) => void lines.push(text), now: () => {}, close: () => {} };
		const tell = scaleProgress(ticker, plainStyle(), healthyView().statefulSet, () => 0);
		tell({ type: "step-started", at: 0, step: { kind: "take-snapshot" }, number: 1, total: 9 });
		tell({ type: "step-done", at: 1, step: { kind: "take-snapshot" }, milliseconds: 300, detail: "12 keys" });
		expect(lines).toEqual(["√ 1/9 snapshot: 12 keys  0.3s"]);
	});

	it("tells what a step did, once it has", () => {
		const lines: string[] = [];
		const ticker = { line: (text: string) => void lines.push(text), now: () => {}, close: () => {} };
		const tell = scaleProgress(ticker, plainStyle(), healthyView().statefulSet, () => 0);
		const wipe = { kind: "empty-volume", ordinal: 4, claim: "c", volume: "v", path: "/p", node: "worker-4" } as const;
		tell({ type: "step-started", at: 0, step: wipe, number: 1, total: 9 });
		tell({ type: "step-done", at: 1, step: wipe, milliseconds: 300 });
		expect(lines).toEqual(["√ 1/9 volume v: wiped the data in claim c on worker-4  0.3s"]);
	});

	it("tells amounts", () => {
		expect(amount({ done: 1200, unit: "keys" })).toBe("1,200 keys");
		expect(amount({ done: 1200, total: 5000, unit: "keys" })).toBe("1,200 of 5,000 keys");
		expect(amount({ done: 1200, total: 0, unit: "bytes" })).toBe("1.2 KiB");
	});
});
