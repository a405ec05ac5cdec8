import type { Container, Probe } from "kubernetes-types/core/v1";
import { execInContainer } from "../machine/exec.ts";
import type { ContainerInstance } from "./container-instance.ts";
import { runHook } from "./hooks.ts";
import type { ProbeTarget } from "./probe-target.ts";
import { runProber } from "./prober.ts";

/** More of what a probe's command prints is not kept. */
const OUTPUT_LIMIT = 10 * 1024;

export interface WatchOptions {
	instance: ContainerInstance;
	container: Container;
	/** the pod's address */
	address: string;
	/** the container has ended */
	signal: AbortSignal;
	/** the pod shall end: only its readiness is still looked at */
	ending: AbortSignal;
	eager: boolean;
	event(type: "Normal" | "Warning", reason: string, message: string): void;
	/** postStart and the startup probe are through; `ready` unless a probe has to say so. */
	onStarted(ready: boolean): void;
	onReady(ready: boolean): void;
	/** It has to be ended: `message` is the Killing event's, `grace` in seconds where the probe has its own. */
	onUnhealthy(message: string, grace: number | undefined): void;
}

/** Runs a container's postStart hook and then its probes, until it ends. */
export async function watchContainer(options: WatchOptions): Promise<void> {
	const { container, signal, event } = options;
	const { startupProbe, livenessProbe, readinessProbe, lifecycle } = container;
	if (lifecycle?.postStart) {
		try {
			await runHook(lifecycle.postStart, probeTarget(options), signal);
		} catch {
			if (signal.aborted) return;
			event("Warning", "FailedPostStartHook", "PostStartHook failed");
			return options.onUnhealthy("FailedPostStartHook", undefined);
		}
	}
	if (startupProbe) await probe("Startup", startupProbe, options);
	if (signal.aborted || (startupProbe && options.ending.aborted)) return;
	options.onStarted(!readinessProbe);
	await Promise.all([
		readinessProbe && probe("Readiness", readinessProbe, options),
		livenessProbe && probe("Liveness", livenessProbe, options),
	]);
}

/** Probes until the container ends; a startup probe until it has passed. */
async function probe(kind: "Startup" | "Readiness" | "Liveness", probe: Probe, options: WatchOptions): Promise<void> {
	const passed = new AbortController();
	const stop = kind === "Readiness" ? [options.signal] : [options.signal, options.ending, passed.signal];
	await runProber({
		probe,
		target: probeTarget(options),
		signal: AbortSignal.any(stop),
		eager: kind !== "Liveness" && options.eager,
		onFailure: (message) => options.event("Warning", "Unhealthy", `${kind} probe failed: ${message}`),
		onVerdict: (passing) => {
			if (kind === "Readiness") options.onReady(passing);
			else if (passing && kind === "Startup") passed.abort();
			else if (!passing) {
				const message = `Container ${options.container.name} failed ${kind.toLowerCase()} probe, will be restarted`;
				options.onUnhealthy(message, probe.terminationGracePeriodSeconds);
			}
		},
	});
}

/** What hooks and probes of this run of the container are pointed at. */
export function probeTarget(options: Pick<WatchOptions, "instance" | "container" | "address">): ProbeTarget {
	const { process, plan } = options.instance;
	return {
		container: options.container,
		address: options.address,
		exec: async (command, signal) => {
			const { environment: env, workingDirectory } = plan;
			const session = await execInContainer(process, { command, env, workingDirectory });
			const kill = () => session.kill();
			signal.addEventListener("abort", kill);
			let output = "";
			for (const stream of [session.stdout, session.stderr]) {
				stream?.setEncoding("utf8").on("data", (text: string) => {
					output = (output + text).slice(0, OUTPUT_LIMIT);
				});
			}
			const code = await session.exited;
			signal.removeEventListener("abort", kill);
			return { code, output };
		},
	};
}
