import { expect, it } from "vitest";
import { QuorateError } from "../errors.ts";
import { Interruption } from "../interruption.ts";
import { asFailure, stopped } from "./failures.ts";
import { healthyView } from "./testing/views.ts";

const interrupted = new QuorateError("Stopped", { operation: "reading the snapshot", message: "interrupted" });
const context = { view: healthyView(), goal: { replicas: 5, snapshot: true }, changed: true };

it("tells that the time ran out, whatever was under way just then", () => {
	const late = new QuorateError("TimedOut", { operation: "scaling", message: "not done within 60 s" });
	const told = asFailure(interrupted, AbortSignal.abort(late), context);
	expect(told).toMatchObject({ code: "TimedOut", message: "not done within 60 s", exitCode: 4 });
});

it("tells what was interrupted, where someone asked for it", () => {
	const told = asFailure(interrupted, AbortSignal.abort(), context);
	expect(told).toMatchObject({ code: "Stopped", operation: "reading the snapshot" });
});

it("says by what it was interrupted, and that no change was cut in two", () => {
	const signal = AbortSignal.any([AbortSignal.abort(new Interruption("SIGHUP"))]);
	const state = "the run ended between two changes; 3 voters (quorum 2)";
	for (const thrown of [interrupted, stopped(signal), signal.reason])
		expect(asFailure(thrown, signal, context)).toMatchObject({
			code: "Stopped",
			message: "interrupted (SIGHUP)",
			state,
			exitCode: 4,
		});
	expect(asFailure(signal.reason, signal, { ...context, changed: false })).toMatchObject({
		message: "interrupted (SIGHUP)",
		state: "nothing was changed",
	});
});

it("tells a failure of another kind as it is, whenever it came", () => {
	const late = new QuorateError("TimedOut", { operation: "scaling", message: "late" });
	const refused = new QuorateError("EtcdRefused", { operation: "asking", message: "no" });
	expect(asFailure(refused, AbortSignal.abort(late), context)).toMatchObject({ code: "EtcdRefused" });
});
