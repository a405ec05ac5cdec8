import { setTimeout as sleep } from "node:timers/promises";
import { kubectl } from "../kubectl.ts";
import { breaches, type Circumstances, secondsSelfAdded } from "./contract.ts";
import { isExpected, keptByHint, scaleInHint } from "./expected.ts";
import type { Fault, FaultKind } from "./fault.ts";
import { Injector, type InjectorOptions } from "./injector.ts";
import { NAMESPACE, podName, SET } from "./lab-cluster.ts";
import { Moments } from "./moments.ts";
import { allVotersAreWell, Sampler, untilWell, votersAreWell } from "./sampler.ts";
import type { ScalingReport } from "./scaling-report.ts";
import type { Scaling } from "./schedule.ts";
import { type Ended, startTool, type Tool } from "./tool.ts";

export interface ScalingOptions extends InjectorOptions {
	/** the cluster is one that Quorate may refuse to scale: rightly, as long as it has begun nothing. @default false */
	mayRefuse?: boolean;
	/** its image adds a member again that was taken out. @default false */
	addsItself?: boolean;
	/** the tool's, by the door */
	throughDoor: string;
	cwd: string;
	log: string;
}

/** Repetitions, with all well again, within which the same command must come to its end. */
const REPETITIONS = 6;
/** Seconds that a run of the command may take, beyond what lasts longest. */
const TIMEOUT = 150;
/** The same once a voter's disk is gone: it has to be replaced first, and no waiting does that. */
const HOPELESS = 45;
/** Milliseconds after the last fault on members until the cluster must be calm again. */
const AFTERSHOCK = 15_000;
/** At most so many after it: a process that hangs is restarted by its liveness probe, after five failures 30 s apart. */
const LIVENESS = 200_000;

/** One scaling of a schedule: interrupted as it says, put right, and repeated until it is done. */
export class ScalingRun {
	readonly #scaling: Scaling;
	readonly #from: number;
	readonly #options: ScalingOptions;
	readonly #injector: Injector;
	readonly #moments: Moments;
	readonly #going: Promise<unknown>[] = [];
	readonly #cancelled = new AbortController();
	readonly #ends: Ended[] = [];
	readonly #problems: string[] = [];
	readonly #sampler: Sampler;
	#tool: Tool | undefined;
	#second: Promise<Ended> | undefined;
	#stopSecond = () => {};
	#theirs: Ended | undefined;
	#args: string[];
	#refused = false;
	readonly #kept = new Set<number>();

	constructor(scaling: Scaling, from: number, options: ScalingOptions) {
		this.#scaling = scaling;
		this.#from = from;
		this.#options = options;
		this.#injector = new Injector(options);
		this.#sampler = new Sampler(options.cluster);
		this.#moments = new Moments(scaling.faults);
		// what lasts a minute is to be outlasted
		const longest = Math.max(0, ...scaling.faults.map((fault) => ("lastsMs" in fault ? fault.lastsMs : 0)));
		const wiped = scaling.faults.some(({ kind }) => kind === "disk-wiped");
		const timeout = `${(wiped ? HOPELESS : TIMEOUT) + Math.ceil(longest / 1000)}s`;
		const { to, keepVolumes } = scaling;
		this.#args = ["scale", "-n", NAMESPACE, "--replicas", String(to), "--yes", "--force", "--timeout", timeout];
		if (keepVolumes) this.#args.push("--keep-volumes");
	}

	async run(): Promise<ScalingReport> {
		const { cluster } = this.#options;
		const sampler = this.#sampler;
		try {
			if (this.#scaling.discardVolumes) await this.#mustRefuseKept();
			const size = await this.#untilDone();
			this.#cancelled.abort();
			await this.#injector.heal();
			await Promise.all(this.#going);
			const broken = this.#brokenDisk();
			if (!(await untilWell(cluster, broken ? 20_000 : 90_000)) && !broken)
				this.#problems.push("members and pods were not well in the end");
			await sampler.stop();
			const circumstances = this.#circumstances();
			this.#problems.push(...breaches(sampler.samples, circumstances).map((breach) => `contract: ${breach}`));
			const selfAdded = secondsSelfAdded(sampler.samples, circumstances);
			const { to, afterwards } = this.#scaling;
			const unreached = [...this.#moments.waiting, ...this.#moments.others];
			const faults = this.#injector.done;
			return {
				from: this.#from,
				to,
				afterwards,
				size,
				ends: this.#ends,
				faults,
				unreached,
				starved: sampler.starved.length > 0,
				...(selfAdded > 0 ? { selfAdded } : {}),
				...(broken ? { broken } : {}),
				...(this.#kept.size > 0 ? { kept: [...this.#kept] } : {}),
				...(this.#refused ? { refused: true } : {}),
				problems: this.#problems,
			};
		} finally {
			this.#cancelled.abort();
			await sampler.stop();
		}
	}

	/** @returns how many members there must be */
	async #untilDone(): Promise<number> {
		const { to, afterwards } = this.#scaling;
		this.#fire(this.#moments.beginning());
		let back = false;
		// killed after its last change, before it could say so
		let isDone = false;
		for (let repetitions = 0; ; ) {
			const ended = await this.#once();
			// the other run may have been quicker: then there is nothing to take back
			if (ended.code === 0) return back && !isDone && !this.#isDoneBySecond() ? this.#from : to;
			const killed = ended.code === undefined;
			if (!killed) {
				if (await this.#isRefused(ended)) {
					this.#refused = true;
					return this.#from;
				}
				if (!isExpected(ended.error, this.#kinds(), this.#sampler.starved.length > 0))
					this.#problems.push(`ended with ${ended.code} ${ended.error}: ${ended.message}`);
				// with all else well, the second answer tells as much as the sixth
				if (this.#brokenDisk() && repetitions > 0) return this.#from;
				if (++repetitions > REPETITIONS) {
					this.#problems.push(`not done after ${REPETITIONS} repetitions: ${ended.error}: ${ended.message}`);
					return back ? this.#from : to;
				}
				await this.#putRight(ended);
			}
			// a learner without its disk never comes up, and what the hint names beside the same command is the way back
			const hopeless = repetitions > 1 && this.#kinds().includes("disk-wiped");
			if ((afterwards === "abort" || hopeless) && !back) {
				back = true;
				// who takes it back has the other run end first
				this.#stopSecond();
				await this.#second;
				const { metadata, spec } = await this.#options.cluster.statefulSet();
				isDone = spec?.replicas === to && metadata?.annotations?.["quorate.io/scaling"] === undefined;
				this.#args = ["abort", "-n", NAMESPACE, "--yes", ...(this.#kept.size > 0 ? ["--keep-volumes"] : [])];
			}
		}
	}

	/** What was kept may hold the last copy of something: nothing takes it away that does not say so. */
	async #mustRefuseKept(): Promise<void> {
		const before = await this.#options.cluster.leftovers();
		const { code, error, message } = await this.#once(false);
		if (error !== "Refused" || !/earlier member/.test(message))
			this.#problems.push(`a growth onto volumes that were kept ended with ${code} ${error}: ${message}`);
		const now = await this.#options.cluster.leftovers();
		const gone = before.filter((one) => !now.includes(one) && !one.startsWith("lease "));
		if (gone.length > 0) this.#problems.push(`refused, and yet gone: ${gone.join(", ")}`);
		this.#args.push("--discard-volumes");
	}

	/** Nothing was begun, and the cluster is one for which that is right. */
	async #isRefused({ error }: Ended): Promise<boolean> {
		if (!this.#options.mayRefuse || error !== "Refused") return false;
		const { metadata, spec } = await this.#options.cluster.statefulSet();
		return metadata?.annotations?.["quorate.io/scaling"] === undefined && spec?.replicas === this.#from;
	}

	#brokenDisk(): ScalingReport["broken"] {
		for (const { pod, from, wiped } of this.#injector.done)
			if (pod !== undefined && wiped?.voters.includes(pod)) return { pod, since: from, wiped };
		return undefined;
	}

	async #once(withFaults = true): Promise<Ended> {
		const { throughDoor: kubeconfig, cwd, log } = this.#options;
		const { other, theirs } = withFaults ? this.#otherPerson() : {};
		const settings = {
			kubeconfig,
			cwd,
			log,
			onStep: (words: string) => this.#fire(this.#moments.stepDone(words)),
			...(other && theirs ? { onPlan: () => this.#going.push(this.#letOther(other, theirs)) } : {}),
		};
		this.#tool = startTool(this.#args, settings);
		const limit = setTimeout(() => {
			this.#problems.push(`killed after 300 s: quorate ${this.#args.join(" ")}`);
			this.#tool?.kill();
		}, 300_000);
		const ended = await this.#tool.ended;
		clearTimeout(limit);
		this.#tool = undefined;
		this.#ends.push(ended);
		if (other && ended.code === 0) this.#problems.push(...this.#notAgreed());
		return ended;
	}

	/** Somebody who comes in between this run's plan and its start; who takes back waits until there is something unfinished. */
	#otherPerson(): { other?: Fault; theirs?: string[] } {
		const other = [...this.#moments.others].find(
			(fault) => fault.kind === "other-person" && (fault.to !== "abort" || this.#ends.length > 0),
		);
		if (other?.kind !== "other-person") return {};
		this.#moments.others.delete(other);
		const what = other.to === "abort" ? ["abort"] : ["scale", "--replicas", String(other.to), "--force"];
		return { other, theirs: [...what, "-n", NAMESPACE, "--yes", "--timeout", "120s"] };
	}

	async #letOther(fault: Fault, args: readonly string[]): Promise<void> {
		const mine = this.#tool;
		mine?.hold();
		try {
			await this.#injector.bringAbout(fault);
			const { throughDoor: kubeconfig, cwd, log } = this.#options;
			const theirs = await startTool(args, { kubeconfig, cwd, log: `${log}.other` }).ended;
			this.#theirs = theirs;
			if (theirs.code !== 0 && !isExpected(theirs.error, this.#kinds(), this.#sampler.starved.length > 0))
				this.#problems.push(`the other person's run ended with ${theirs.code} ${theirs.error}: ${theirs.message}`);
		} finally {
			mine?.goOn();
		}
	}

	/** Both ended well: then what the first agreed to must still be what it has done. */
	#notAgreed(): string[] {
		const theirs = Number(this.#theirs?.args[2]);
		if (this.#theirs?.code !== 0 || Number.isNaN(theirs)) return [];
		const { to } = this.#scaling;
		const otherWay = (to - this.#from) * (to - theirs) < 0;
		return otherWay
			? [`agreed to going from ${this.#from} to ${to}, and went there from ${theirs} members, which the other made`]
			: [];
	}

	/** What a person does before trying again: ends what is wrong, does as the hint says, waits until all is well. */
	async #putRight(ended: Ended): Promise<void> {
		const { hint, message } = ended;
		const { cluster, kubeconfig, tell } = this.#options;
		await this.#injector.heal();
		// raised once more after it was disarmed: its member was cut off meanwhile
		if (/NOSPACE/.test(message)) await this.#injector.clearFull();
		const kept = this.#kinds().includes("disk-wiped") ? keptByHint(ended) : undefined;
		if (kept !== undefined && !this.#kept.has(kept)) {
			tell("! as the hint says: --keep-volumes");
			this.#kept.add(kept);
			if (!this.#args.includes("--keep-volumes")) this.#args.push("--keep-volumes");
		}
		const replicas = scaleInHint(hint);
		if (replicas !== undefined && this.#kinds().includes("kubectl-scale")) {
			tell(`! as the hint says: kubectl scale --replicas=${replicas}`);
			await kubectl(kubeconfig, ["scale", "sts", SET, "-n", NAMESPACE, `--replicas=${replicas}`]);
		}
		await untilWell(cluster, 30_000, votersAreWell);
		await sleep(1000);
	}

	#fire(due: readonly Fault[]): void {
		this.#going.push(...due.map((fault) => this.#bringAbout(fault)));
	}

	async #bringAbout(fault: Fault): Promise<void> {
		const { delayMs } = fault.at;
		// at the boundary itself, not an instant later
		if (delayMs > 0) await sleep(delayMs, undefined, { signal: this.#cancelled.signal }).catch(() => {});
		if (this.#cancelled.signal.aborted) {
			this.#moments.waiting.add(fault);
			return;
		}
		// the run goes with the node: it would let a member vote that is about to be gone for good
		if (fault.kind === "sigkill" || fault.kind === "node-gone") this.#tool?.kill();
		if (fault.kind === "second-run") this.#going.push(this.#beginSecond());
		await this.#injector.bringAbout(fault);
	}

	#isDoneBySecond(): boolean {
		return this.#ends.some(({ code, args }) => code === 0 && args[0] === "scale");
	}

	async #beginSecond(): Promise<void> {
		const { throughDoor: kubeconfig, cwd, log } = this.#options;
		const tool = startTool(this.#args, { kubeconfig, cwd, log: `${log}.second` });
		this.#second = tool.ended;
		// killed, it would leave its Lease to the next
		this.#stopSecond = () => tool.stop();
		this.#cancelled.signal.addEventListener("abort", this.#stopSecond, { once: true });
		const ended = await tool.ended;
		this.#ends.push(ended);
		if (
			ended.code !== undefined &&
			ended.code !== 0 &&
			ended.error !== "Stopped" &&
			!isExpected(ended.error, this.#kinds(), this.#sampler.starved.length > 0)
		)
			this.#problems.push(`the second run ended with ${ended.code} ${ended.error}: ${ended.message}`);
	}

	#kinds(): FaultKind[] {
		return this.#injector.done.map(({ fault }) => fault.kind);
	}

	#circumstances(): Circumstances {
		const { samples, starved } = this.#sampler;
		const { done } = this.#injector;
		const touching = done.filter(({ touches }) => touches);
		const broken = this.#brokenDisk();
		// down to which another person went in between
		const theirs = done.flatMap(({ fault }) =>
			fault.kind === "other-person" && fault.to !== "abort" ? [fault.to] : [],
		);
		return {
			from: Math.min(this.#from, ...theirs),
			to: this.#scaling.to,
			touched: new Set(touching.flatMap(({ pod }) => pod ?? [])),
			troubled: [...touching, ...starved].map((trouble) => {
				const { from, until = Number.POSITIVE_INFINITY } = trouble;
				// a pod that someone scaled away comes back when they scale again
				const isWellAgain =
					"fault" in trouble && trouble.fault.kind === "kubectl-scale" ? allVotersAreWell : votersAreWell;
				const well = samples.find((sample) => sample.at >= until && isWellAgain(sample))?.at ?? until;
				// it stays down
				if (broken && from === broken.since) return { from, until: Number.POSITIVE_INFINITY };
				return { from, until: Math.min(Math.max(until, well), until + LIVENESS) + AFTERSHOCK };
			}),
			// an image may add itself once its disk is gone
			scaledByHand: broken !== undefined || done.some(({ fault }) => fault.kind === "kubectl-scale"),
			addsItself: this.#options.addsItself === true && Math.min(this.#scaling.to, ...theirs) === 1,
			podPrefix: podName(0).slice(0, -1),
		};
	}
}
