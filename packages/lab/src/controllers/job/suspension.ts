import type { JobCondition } from "kubernetes-types/batch/v1";
import type { Job } from "../stored.ts";
import { withCondition } from "./outcome.ts";

interface Suspension {
	conditions: JobCondition[];
	/** its time begins anew */
	restarted: boolean;
	event?: { reason: string; message: string };
}

/** What `spec.suspend` means to the conditions. */
export function suspension({ spec, status }: Job, now: number): Suspension {
	const before = status?.conditions ?? [];
	const known = before.find(({ type }) => type === "Suspended");
	if (spec?.suspend) {
		if (known?.status === "True") return { conditions: before, restarted: false };
		const draft = { type: "Suspended", status: "True", reason: "JobSuspended", message: "Job suspended" };
		const event = { reason: "Suspended", message: "Job suspended" };
		return { conditions: withCondition(before, draft, now), restarted: false, event };
	}
	if (known?.status !== "True") return { conditions: before, restarted: false };
	const draft = { type: "Suspended", status: "False", reason: "JobResumed", message: "Job resumed" };
	const event = { reason: "Resumed", message: "Job resumed" };
	return { conditions: withCondition(before, draft, now), restarted: true, event };
}
