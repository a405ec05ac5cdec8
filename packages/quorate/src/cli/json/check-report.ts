import type { CheckResult, CheckStatus } from "../../checks/index.ts";
import { compact, document } from "./document.ts";

export interface CheckReport {
	readonly namespace: string;
	readonly name: string;
	/** undefined: as it is now */
	readonly replicas: number | undefined;
	readonly strict: boolean;
	readonly checks: readonly CheckResult[];
}

/** What it counts as failed: warnings too, where they are not to be. */
export const failedOf = ({ checks, strict }: CheckReport): readonly CheckResult[] =>
	checks.filter(({ status }) => status === "fail" || (strict && status === "warn"));

export function checkReportDocument(report: CheckReport) {
	const { namespace, name, replicas, strict, checks } = report;
	const count = (status: CheckStatus) => checks.filter((check) => check.status === status).length;
	return document(
		"CheckReport",
		compact({
			namespace,
			name,
			replicas,
			strict,
			ok: failedOf(report).length === 0,
			passed: count("pass"),
			warned: count("warn"),
			failed: count("fail"),
			skipped: count("skip"),
			checks,
		}),
	);
}
