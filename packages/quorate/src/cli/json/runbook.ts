import type { ClusterView } from "../../cluster/cluster-view.ts";
import type { SnapshotInfo } from "../../etcd/snapshot/read.ts";
import type { RestorePlan } from "../../restoring/restore-plan.ts";
import type { RunbookStep } from "../../restoring/runbook.ts";
import { document } from "./document.ts";

export function runbookDocument(
	{ statefulSet }: Pick<ClusterView, "statefulSet">,
	info: Pick<SnapshotInfo, "path" | "revision" | "keys" | "sha256">,
	plan: Pick<RestorePlan, "pods" | "warnings">,
	steps: readonly RunbookStep[],
) {
	return document("Runbook", {
		namespace: statefulSet.namespace,
		name: statefulSet.name,
		members: plan.pods.map(({ pod }) => pod),
		snapshot: { file: info.path, revision: Number(info.revision), keys: info.keys, sha256: info.sha256 },
		warnings: [...plan.warnings],
		steps: steps.map(({ title, why, commands }, index) => ({
			number: index + 1,
			title,
			why,
			commands: [...commands],
		})),
	});
}
