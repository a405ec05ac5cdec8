import { addresses } from "./addresses.ts";
import { auth } from "./auth.ts";
import type { Check, CheckInput, CheckResult } from "./check.ts";
import { health } from "./health.ts";
import { nodes } from "./nodes.ts";
import { obstacles } from "./obstacles.ts";
import { ownership } from "./ownership.ts";
import { rights } from "./rights.ts";
import { rollout } from "./rollout.ts";
import { size } from "./size.ts";
import { storage } from "./storage.ts";
import { tls } from "./tls.ts";
import { versions } from "./versions.ts";

const CHECKS: readonly Check[] = [
	size,
	auth,
	tls,
	health,
	obstacles,
	versions,
	rollout,
	addresses,
	nodes,
	storage,
	ownership,
	rights,
];

/** Everything that is looked at before anything is changed, in the order in which it is told. Pure. */
export const runChecks = (input: CheckInput): readonly CheckResult[] => CHECKS.map((check) => check(input));

export type { CheckInput, CheckResult, CheckStatus } from "./check.ts";
