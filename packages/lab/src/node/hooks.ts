import { setTimeout as sleep } from "node:timers/promises";
import type { LifecycleHandler } from "kubernetes-types/core/v1";
import { httpGet } from "./http-get.ts";
import { httpTarget, type ProbeTarget } from "./probe-target.ts";

/** Runs a postStart or preStop hook; rejects with the kubelet's words where it fails. */
export async function runHook(hook: LifecycleHandler, target: ProbeTarget, signal: AbortSignal): Promise<void> {
	if (hook.exec) {
		const command = hook.exec.command ?? [];
		const { code, output } = await target.exec(command, signal);
		if (code !== 0) {
			throw new Error(
				`command '${command.join(" ")}' exited with ${code}: ${output}, message: ${JSON.stringify(output)}`,
			);
		}
	}
	if (hook.httpGet) {
		const { status } = await httpGet(httpTarget(hook.httpGet, target), 60_000);
		if (status >= 400) throw new Error(`HTTP hook failed with statuscode: ${status}`);
	}
	const { seconds } = (hook as { sleep?: { seconds: number } }).sleep ?? {};
	if (seconds) await sleep(seconds * 1000, undefined, { signal }).catch(() => {});
}
