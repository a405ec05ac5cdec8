import { describe, expect, it } from "vitest";
import { QuorateError } from "../../errors.ts";
import { plainStyle } from "../testing/plain-style.ts";
import { errorText } from "./error-text.ts";

describe("an error", () => {
	it("says what went wrong, while what, how things are, and what to do", () => {
		const error = new QuorateError("Forbidden", {
			operation: "patching statefulsets.apps mayastor-etcd",
			message: "this user may not patch statefulsets.apps",
			state: "nothing was changed",
			hint: "ask for the verb patch on statefulsets.apps in a Role, or use a context that has it, whichever is easier",
		});
		expect(errorText(error, plainStyle(80))).toEqual([
			"error: this user may not patch statefulsets.apps",
			"while: patching statefulsets.apps mayastor-etcd",
			"state: nothing was changed",
			"next:  ask for the verb patch on statefulsets.apps in a Role, or use a context",
			"       that has it, whichever is easier",
		]);
	});

	it("leaves out what is not known", () =>
		expect(errorText(new QuorateError("Internal", { operation: "", message: "x" }), plainStyle())).toEqual([
			"error: x",
		]));
});
