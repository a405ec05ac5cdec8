import { setTimeout as sleep } from "node:timers/promises";
import type { Container } from "kubernetes-types/core/v1";
import type { ExecSession } from "../api/api.ts";
import { execInContainer } from "../machine/exec.ts";
import { StartError } from "../machine/sandbox.ts";
import { BackOff } from "./back-off.ts";
import {
	type ContainerInstance,
	type ContainerPlan,
	planContainer,
	startInstance,
	terminationMessage,
} from "./container-instance.ts";
import type { ContainerRecord } from "./container-record.ts";
import { probeTarget, watchContainer } from "./container-watch.ts";
import { aboutPart, type PodContext } from "./context.ts";
import { Deadline } from "./deadline.ts";
import { goDuration } from "./go-duration.ts";
import { runHook } from "./hooks.ts";
import { pullImage } from "./image-pull.ts";
import { apiTime, ownGrace, podLabel } from "./pod.ts";

/** When a container is started again after it has ended. */
export type RestartPolicy = "Always" | "OnFailure" | "Never";

/** How long the end of a container stays to be seen before its back-off does. */
const SHOW_END = 1000;
/** Before a container whose configuration is incomplete is tried again. */
const CONFIG_RETRY = 2000;

/** One container of a pod: starts it, watches it, starts it again. */
export class ContainerRunner {
	readonly record: ContainerRecord;
	/** Resolves when the container counts as started for the first time. */
	readonly started: Promise<void>;
	readonly #markStarted: () => void;
	readonly #context: PodContext;
	readonly #backOff = new BackOff();
	#instance: ContainerInstance | undefined;
	/** Asked for while the container was on its way up. */
	#stopAtOnce: [Deadline, string] | undefined;
	#lastPlan: ContainerPlan | undefined;
	#stopping: { instance: ContainerInstance; deadline: Deadline; done: Promise<void> } | undefined;
	#poweredOff = false;
	/** on its way up */
	#starting: Promise<unknown> | undefined;
	#amend: ((plan: ContainerPlan) => ContainerPlan) | undefined;
	/** It is not started as long as this lasts. */
	#held: Promise<unknown> | undefined;

	constructor(context: PodContext, record: ContainerRecord) {
		this.#context = aboutPart(context, `spec.${record.init ? "initContainers" : "containers"}{${record.name}}`);
		this.record = record;
		let markStarted = () => {};
		this.started = new Promise((resolve) => {
			markStarted = resolve;
		});
		this.#markStarted = markStarted;
	}

	/** The run that is on now. */
	get instance(): ContainerInstance | undefined {
		return this.#instance;
	}

	/** How it was started, or is going to be. */
	get plan(): ContainerPlan | undefined {
		return this.#instance?.plan ?? this.#lastPlan;
	}

	/** Runs the container as often as `policy` has it; resolves with its last exit code, or undefined if it never ran. */
	async run(policy: RestartPolicy): Promise<number | undefined> {
		const { ending } = this.#context;
		let code = this.record.state.terminated?.exitCode;
		const over = () => code !== undefined && (policy === "Never" || (policy === "OnFailure" && code === 0));
		while (!ending.aborted && !over()) {
			code = (await this.#runOnce()) ?? code;
			if (!ending.aborted && !over()) await this.#waitToRestart();
		}
		return code;
	}

	/** Ends what runs: preStop, SIGTERM, and SIGKILL when its time is up. Resolves when it is gone. */
	async stop(deadline: Deadline, message: string): Promise<void> {
		const instance = this.#instance;
		if (!instance) {
			this.#stopAtOnce = [deadline, message];
			return;
		}
		if (this.#stopping?.instance === instance) {
			this.#stopping.deadline.shorten(deadline.at);
		} else {
			this.#context.event("Normal", "Killing", message);
			this.#stopping = { instance, deadline, done: this.#end(instance, deadline) };
		}
		await this.#stopping.done;
	}

	/** Its definition in the pod is another now: what runs is ended, the new one comes up. */
	replace(container: Container): void {
		const { image } = this.record.container;
		this.record.container = container;
		if (image !== container.image) {
			this.#restart(`Container ${this.record.name} definition changed, will be restarted`, undefined);
		}
	}

	/** The node's power is gone: the processes die, and nobody is left to tell. */
	powerOff(): void {
		this.#poweredOff = true;
		this.#instance?.process.signal("SIGKILL");
	}

	/** Kills what runs, and does something before it comes up again, by the plan that `amend` makes of its own, that one time. */
	async interrupt(action: () => Promise<void>, amend = (plan: ContainerPlan) => plan): Promise<void> {
		const work = async () => {
			await this.#starting;
			this.#instance?.process.signal("SIGKILL");
			await this.#instance?.ended;
			await action();
			this.#amend = amend;
		};
		const done = work();
		const held = done.catch(() => {});
		this.#held = held;
		try {
			return await done;
		} finally {
			if (this.#held === held) this.#held = undefined;
		}
	}

	/** Runs a command in the container; rejects with StartError where that cannot be. */
	async exec(command: string[], options: { stdin?: boolean; tty?: boolean }): Promise<ExecSession> {
		const instance = this.#instance;
		if (!instance) throw new StartError(`container ${this.record.name} is not running`);
		const { environment: env, workingDirectory } = instance.plan;
		return execInContainer(instance.process, { command, env, workingDirectory, ...options });
	}

	async #end(instance: ContainerInstance, deadline: Deadline): Promise<void> {
		const { container } = this.record;
		const hook = container.lifecycle?.preStop;
		if (hook) {
			const late = new AbortController();
			const target = probeTarget({ instance, container, address: this.#context.address });
			const done = runHook(hook, target, late.signal).catch((error: Error) => {
				if (!late.signal.aborted)
					this.#context.event("Warning", "FailedPreStopHook", `PreStopHook failed: ${error.message}`);
			});
			await deadline.beats(Promise.race([done, instance.process.exited]));
			late.abort();
		}
		instance.process.signal("SIGTERM");
		if (!(await deadline.beats(instance.process.exited))) instance.process.signal("SIGKILL");
		await instance.ended;
	}

	async #runOnce(): Promise<number | undefined> {
		const image = await pullImage(this.#context, this.record);
		if (!image) return undefined;
		const plan = await this.#plan(() => planContainer(this.#context, this.record.container, image));
		if (!plan || this.#context.ending.aborted) return undefined;
		this.#set({ image: image.reference, imageID: image.id });
		return this.#start(plan);
	}

	/** Until the container can be made, or the pod shall end. */
	async #plan(make: () => Promise<ContainerPlan>): Promise<ContainerPlan | undefined> {
		const { ending } = this.#context;
		while (!ending.aborted) {
			try {
				return await make();
			} catch (error) {
				const message = error instanceof Error ? error.message : String(error);
				this.#set({ state: { waiting: { reason: "CreateContainerConfigError", message } } });
				this.#context.event("Warning", "Failed", `Error: ${message}`);
				await sleep(CONFIG_RETRY, undefined, { signal: ending }).catch(() => {});
			}
		}
		return undefined;
	}

	async #start(usual: ContainerPlan): Promise<number> {
		const { record } = this;
		const context = this.#context;
		await this.#held;
		const plan = this.#amend?.(usual) ?? usual;
		this.#amend = undefined;
		this.#lastPlan = plan;
		const run = record.nextRun;
		context.event("Normal", "Created", `Created container: ${record.name}`);
		let instance: ContainerInstance;
		try {
			const starting = startInstance(context, record.container, plan, run);
			this.#starting = starting.catch(() => {});
			instance = await starting;
		} catch (error) {
			return this.#failedToStart(run, error instanceof Error ? error.message : String(error));
		}
		this.#instance = instance;
		if (this.#poweredOff) instance.process.signal("SIGKILL");
		context.event("Normal", "Started", `Started container ${record.name}`);
		this.#begin(run, { state: { running: { startedAt: apiTime(instance.startedAt) } }, containerID: instance.id });
		this.#watch(instance);
		if (context.ending.aborted && this.#stopAtOnce) void this.stop(...this.#stopAtOnce);
		const code = await instance.ended;
		this.#instance = undefined;
		if (!this.#poweredOff) await this.#ended(instance, code);
		return code;
	}

	/** A new run takes the place of the one before in the record. */
	#begin(run: number, change: Partial<ContainerRecord>): void {
		const { state, lastState } = this.record;
		this.#set({ restartCount: run, nextRun: run + 1, lastState: state.terminated ? state : lastState, ...change });
	}

	#failedToStart(run: number, problem: string): number {
		const message = `failed to create containerd task: failed to create shim task: ${problem}`;
		const finishedAt = apiTime(Date.now());
		const terminated = { exitCode: 128, reason: "StartError", message, startedAt: apiTime(0), finishedAt };
		this.#context.event("Warning", "Failed", `Error: ${message}`);
		this.#begin(run, { state: { terminated }, ready: false, started: false });
		return terminated.exitCode;
	}

	async #ended(instance: ContainerInstance, exitCode: number): Promise<void> {
		const message = await terminationMessage(instance);
		const terminated = {
			exitCode,
			reason: exitCode === 0 ? "Completed" : "Error",
			...(message ? { message } : {}),
			startedAt: apiTime(instance.startedAt),
			finishedAt: apiTime(Date.now()),
			containerID: instance.id,
		};
		this.#set({ state: { terminated }, ready: false, started: false });
	}

	/** Shows the back-off as it passes. */
	async #waitToRestart(): Promise<void> {
		const ended = Date.now();
		const wait = this.#backOff.failed(ended);
		if (wait === 0) return;
		const { ending } = this.#context;
		const pause = (time: number) => sleep(Math.max(0, time), undefined, { signal: ending }).catch(() => {});
		await pause(SHOW_END);
		if (ending.aborted) return;
		const { name, state } = this.record;
		const pod = podLabel(this.#context.pod());
		const message = `back-off ${goDuration(wait)} restarting failed container=${name} pod=${pod}`;
		this.#set({ state: { waiting: { reason: "CrashLoopBackOff", message } }, lastState: state });
		this.#context.event("Warning", "BackOff", `Back-off restarting failed container ${name} in pod ${pod}`);
		await pause(ended + wait - Date.now());
	}

	#watch(instance: ContainerInstance): void {
		const { address, ending, event, node } = this.#context;
		const gone = new AbortController();
		instance.process.exited.then(() => gone.abort());
		const watching = watchContainer({
			instance,
			container: this.record.container,
			address,
			signal: gone.signal,
			ending,
			eager: node.eagerProbes,
			event,
			onStarted: (ready) => {
				this.#set({ started: true, ready });
				this.#markStarted();
			},
			onReady: (ready) => this.#set({ ready }),
			onUnhealthy: (message, grace) => this.#restart(message, grace),
		});
		watching.catch((error: Error) => event("Warning", "Failed", `Error: ${error.message}`));
	}

	/** Ends what runs now; whether it comes back is for the pod's policy to say. */
	#restart(message: string, grace: number | undefined): void {
		const seconds = grace ?? ownGrace(this.#context.pod());
		if (this.#stopping?.instance !== this.#instance) void this.stop(new Deadline(Date.now() + seconds * 1000), message);
	}

	#set(change: Partial<ContainerRecord>): void {
		if (this.#poweredOff) return;
		Object.assign(this.record, change);
		this.#context.changed();
	}
}
