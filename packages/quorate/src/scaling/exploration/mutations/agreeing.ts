import type { Setup } from "../setup.ts";
import { type CaughtIn, down, once, up } from "./caught-in.ts";

const agreedTo = (setup: Setup): Setup => ({ ...setup, approval: true });

/** What a person said or agreed to. */
export const AGREEING: readonly CaughtIn[] = [
	{
		name: "what was agreed to is begun, whoever scaled meanwhile",
		file: "scaling/plan-changed.ts",
		text: "if (differences.length === 0) return;",
		becomes: "if (differences.length >= 0) return;",
		setup: once(agreedTo(up), "other-run"),
	},
	{
		name: "a volume is made on another node than the plan told of",
		file: "scaling/volumes.ts",
		text: "const place = { ...volumes, preferred };",
		becomes: "const place = { ...volumes, preferred: preferred?.slice(9999) };",
		setup: once(agreedTo(up), "node-away"),
	},
	{
		name: "a run that is taken back or resumed forgets that volumes are kept",
		file: "scaling/intent.ts",
		text: "(options.keepVolumes === true || was?.keepVolumes === true)",
		becomes: "options.keepVolumes === true",
		setup: {
			...once({ ...down, keepVolumes: true }, "abort", "other-flags"),
			refused: ["check:storage-ready", "StaleClaim"],
		},
	},
	{
		name: "a shrinking that cannot be taken back has no way out",
		file: "scaling/describe-state.ts",
		text: "if (!goal.takesBack || goal.replicas <= count) return hint;",
		becomes: "if (hint) return hint;",
		setup: {
			...once({ ...down, image: "takes-over" }, "abort"),
			refused: ["check:join-known", "StartNotUnderstood"],
		},
	},
];
