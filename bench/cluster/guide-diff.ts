import { join } from "node:path";
import { findKubectl } from "quorate-lab";
import { runProcess } from "../measure/process.ts";
import { type BenchLab, NAMESPACE, STATEFULSET } from "./lab.ts";

/**
 * The guide's last step, carried out to its end: every key of every member into a file, by etcdctl in its pod, and the
 * files compared. Milliseconds. Rejects where they differ, or etcdctl does not get through.
 */
export async function guideDiff(lab: BenchLab, members: number, folder: string, signal: AbortSignal): Promise<number> {
	const { path } = await findKubectl();
	const file = (ordinal: number) => join(folder, `keys-${ordinal}`);
	// etcdctl gives up after five seconds by itself
	const get = (ordinal: number) =>
		`"${path}" exec ${STATEFULSET}-${ordinal} -n ${NAMESPACE} -- etcdctl get --command-timeout=600s --prefix "" >"${file(ordinal)}"`;
	const ordinals = Array.from({ length: members }, (_, ordinal) => ordinal);
	const lines = [
		"set -e",
		`trap 'rm -f ${ordinals.map((ordinal) => `"${file(ordinal)}"`).join(" ")}' EXIT`,
		...ordinals.map(get),
		`test -s "${file(0)}"`,
		...ordinals.slice(1).map((ordinal) => `diff -q "${file(0)}" "${file(ordinal)}"`),
	];
	const env = { ...process.env, KUBECONFIG: lab.kubeconfig };
	return (await runProcess("sh", ["-c", lines.join("\n")], { env, signal })).ms;
}
