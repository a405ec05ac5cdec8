import { appendFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { downLab, LabError, upLab } from "quorate-lab";
import { apiDoor } from "./api-door.ts";
import { keepLogs } from "./keep-logs.ts";
import { connectKube } from "./kube.ts";
import { LabCluster, NAMESPACE } from "./lab-cluster.ts";
import { leftBehind, shapeOf } from "./left-behind.ts";
import { unexplained } from "./linearizable.ts";
import { type Load, startLoad } from "./load.ts";
import { makeOrdered } from "./make-ordered.ts";
import type { Operation } from "./operation.ts";
import { reshape } from "./reshape.ts";
import { untilWell } from "./sampler.ts";
import type { ScalingReport } from "./scaling-report.ts";
import { ScalingRun } from "./scaling-run.ts";
import type { Schedule } from "./schedule.ts";
import { startTool } from "./tool.ts";

export interface RunReport {
	readonly schedule: Schedule;
	readonly scalings: readonly ScalingReport[];
	readonly acknowledged: number;
	readonly unknown: number;
	readonly seconds: number;
	/** why it could not be run here */
	readonly skipped?: string;
	/** none: all that must hold has held */
	readonly problems: readonly string[];
	/** where its logs are; undefined where all was well */
	readonly logs: string | undefined;
}

export const labName = (seed: number): string => `torture-${process.pid}-${seed}`;

/** One run in a lab of its own. `folder` is made anew, and goes again where all was well. */
export async function run(schedule: Schedule, folder: string): Promise<RunReport> {
	const began = performance.now();
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, "schedule.json"), `${JSON.stringify(schedule, undefined, "\t")}\n`);
	const scalings: ScalingReport[] = [];
	const problems: string[] = [];
	let skipped: string | undefined;
	let counted = { acknowledged: 0, unknown: 0 };
	const name = labName(schedule.seed);
	try {
		const { cluster: kind, members } = schedule;
		const lab = await upLab({ name, members, nodes: 6, volumes: 20, ...kind }, { onProgress: () => {} });
		try {
			counted = await inLab(schedule, { name, kubeconfig: lab.kubeconfig, port: lab.port, folder }, scalings, problems);
		} catch (error) {
			problems.push(`the campaign itself failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
		}
		problems.push(...scalings.flatMap((scaling) => scaling.problems));
		if (problems.length > 0) await keepLogs(lab.kubeconfig, lab.log, folder);
	} catch (error) {
		if (error instanceof LabError && error.code === "EtcdNotFound") skipped = error.message;
		else problems.push(`no lab: ${error instanceof Error ? error.message : error}`);
	} finally {
		await downLab(name).catch(() => {});
	}
	if (problems.length === 0) await rm(folder, { recursive: true, force: true });
	else await writeFile(join(folder, "problems.txt"), `${problems.join("\n")}\n`);
	return {
		schedule,
		scalings,
		...counted,
		...(skipped === undefined ? {} : { skipped }),
		seconds: (performance.now() - began) / 1000,
		problems,
		logs: problems.length > 0 ? folder : undefined,
	};
}

interface Place {
	name: string;
	kubeconfig: string;
	port: number;
	folder: string;
}

async function inLab(schedule: Schedule, place: Place, scalings: ScalingReport[], problems: string[]) {
	const { name, kubeconfig, port, folder } = place;
	const door = await apiDoor(port);
	const cluster = new LabCluster(name, await connectKube(kubeconfig));
	const throughDoor = join(folder, "kubeconfig");
	const config = await readFile(kubeconfig, "utf8");
	await writeFile(throughDoor, config.replace(`127.0.0.1:${port}`, `127.0.0.1:${door.port}`), { mode: 0o600 });
	if (schedule.shape) await reshape(kubeconfig, schedule.shape);
	if (schedule.podManagementPolicy === "OrderedReady") await makeOrdered(kubeconfig);
	if (!(await untilWell(cluster, 60_000))) throw new Error("the cluster did not come up well");
	const shape = await shapeOf(cluster);
	let size = schedule.members;
	/** ordinals whose volumes were to be kept */
	const kept = new Set<number>();
	const load = startLoad(
		schedule.seed,
		(ordinal) => cluster.dial(ordinal),
		() => size,
	);
	try {
		for (const scaling of schedule.scalings) {
			const log = join(folder, `scaling-${scalings.length + 1}.log`);
			const tell = (text: string) => appendFileSync(log, `${new Date().toISOString()} ${text}\n`);
			const mayRefuse = schedule.shape !== undefined;
			const addsItself = "image" in schedule.cluster && schedule.cluster.image.startsWith("openebs/");
			const options = { cluster, kubeconfig, door, tell, throughDoor, cwd: folder, log, mayRefuse, addsItself };
			const report = await new ScalingRun(scaling, size, options).run();
			scalings.push(report);
			const { broken } = report;
			if (broken) return await inspectWreck(cluster, load, broken, problems, folder);
			for (let ordinal = report.size; ordinal < size; ordinal++) if (scaling.keepVolumes) kept.add(ordinal);
			for (const ordinal of report.kept ?? []) kept.add(ordinal);
			size = report.size;
			// that means all of them, also where no member is to come
			if (scaling.discardVolumes) kept.clear();
			const theirs = scalings.some(({ faults }) => faults.some(({ fault }) => fault.kind === "kubectl-scale"));
			problems.push(...(await leftBehind(cluster, size, shape, kept, theirs)));
			if (report.problems.length > 0) break;
		}
		const log = join(folder, "validate.log");
		const validate = () => startTool(["validate", "-n", NAMESPACE], { kubeconfig, cwd: folder, log }).ended;
		let validated = await validate();
		// one that does not answer in time, on a busy machine, says nothing of what is in it
		for (let again = 0; again < 3 && validated.error === "MemberUnreachable"; again++) validated = await validate();
		if (validated.code !== 0) problems.push(`not proven equal: ${validated.error}: ${validated.message}`);
		const { history, acknowledged, unknown, lost } = await load.finish(size);
		problems.push(...lost);
		for (const { key, operation, possible } of unexplained(history))
			problems.push(`not linearizable: ${key}: ${JSON.stringify(operation)}, possible ${JSON.stringify(possible)}`);
		if (problems.length > 0) await writeFile(join(folder, "history.json"), JSON.stringify(history));
		return { acknowledged, unknown };
	} finally {
		await load.stop();
		cluster.close();
		await door.close();
	}
}

/** A voter's disk is gone, and it has to be replaced first. What the others held must be there, and what could not be helped not be made worse. */
async function inspectWreck(
	cluster: LabCluster,
	load: Load,
	{ pod, since, wiped }: NonNullable<ScalingReport["broken"]>,
	problems: string[],
	folder: string,
) {
	const { replicas, members = [], pods } = await cluster.sample();
	if (wiped.quorumLost) {
		const now = await cluster.leftovers();
		const gone = wiped.storage.filter((one) => !now.includes(one));
		if (gone.length > 0) problems.push(`after quorum was lost with the disk of ${pod}, gone: ${gone.join(", ")}`);
		if (replicas < wiped.replicas)
			problems.push(
				`after quorum was lost with the disk of ${pod}, replicas went from ${wiped.replicas} to ${replicas}`,
			);
	}
	const learners = members.filter(({ isLearner }) => isLearner).map(({ name }) => name);
	const left = pods.map(({ name }) => name).filter((name) => wiped.voters.includes(name) && name !== pod);
	const survivors = left.filter((name) => !learners.includes(name)).map(ordinalOf);
	const { history, acknowledged, unknown, lost } = await load.salvage(survivors, { ordinal: ordinalOf(pod), since });
	problems.push(...lost);
	// what a member without its disk says afterwards is another history
	for (const { key, operation, possible } of unexplained(before(history, since)))
		problems.push(`not linearizable: ${key}: ${JSON.stringify(operation)}, possible ${JSON.stringify(possible)}`);
	if (problems.length > 0) await writeFile(join(folder, "history.json"), JSON.stringify(history));
	return { acknowledged, unknown };
}

const ordinalOf = (pod: string): number => Number(pod.split("-").at(-1));

/** As it was seen until then; what was under way may have taken effect. */
const before = (history: readonly Operation[], since: number): Operation[] =>
	history
		.filter(({ called }) => called < since)
		.filter(({ action, returned }) => action.kind !== "read" || (returned !== undefined && returned < since))
		.map((one) => (one.returned !== undefined && one.returned >= since ? { ...one, returned: undefined } : one));
