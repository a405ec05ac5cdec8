import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Container as ContainerSpec } from "kubernetes-types/core/v1";
import type { Image } from "../images/index.ts";
import type { Mount } from "../machine/root-file-system.ts";
import { type Container, startContainer } from "../machine/sandbox.ts";
import { commandLine } from "./command-line.ts";
import type { PodContext } from "./context.ts";
import { containerEnvironment } from "./environment.ts";
import { LogFile } from "./log-file.ts";
import { podHostname } from "./pod.ts";
import { environmentSource } from "./pod-sources.ts";
import { containerMounts } from "./volumes.ts";

/** All that is decided about a container before it starts. */
export interface ContainerPlan {
	command: string[];
	environment: Record<string, string>;
	workingDirectory: string;
	mounts: Mount[];
	terminationLog: string;
}

/** One run of a container. */
export interface ContainerInstance {
	id: string;
	plan: ContainerPlan;
	process: Container;
	log: LogFile;
	startedAt: Date;
	/** Its exit code, once all that it wrote is in the log. */
	ended: Promise<number>;
}

/** Works out what a container runs; throws ContainerConfigError or MountError where its spec asks for what is not there. */
export async function planContainer(
	context: PodContext,
	container: ContainerSpec,
	image: Image,
): Promise<ContainerPlan> {
	const pod = context.pod();
	const base = { ...image.environment, HOSTNAME: podHostname(pod), HOME: "/root" };
	const environment = containerEnvironment(pod, container, base, environmentSource(context));
	const folder = join(context.folder, "containers", container.name);
	const terminationLog = join(folder, "termination-log");
	await mkdir(folder, { recursive: true });
	await writeFile(terminationLog, "");
	const own: Mount[] = [
		...context.etc,
		...image.mounts.map(({ source, target, readOnly = true }) => ({ source, target, readOnly })),
		...(await imageFiles(image, join(folder, "image"))),
		{ source: terminationLog, target: container.terminationMessagePath ?? "/dev/termination-log" },
	];
	const volumes = await containerMounts(container, context.volumes, environment);
	const shadowed = new Set(volumes.map(({ target }) => target));
	return {
		command: commandLine(container, image, environment),
		environment,
		workingDirectory: container.workingDir || image.workingDirectory,
		mounts: [...own.filter(({ target }) => !shadowed.has(target)), ...volumes],
		terminationLog,
	};
}

async function imageFiles(image: Image, folder: string): Promise<Mount[]> {
	return Promise.all(
		image.files.map(async ({ path, content, mode = 0o644 }) => {
			const source = join(folder, path);
			await mkdir(dirname(source), { recursive: true });
			await writeFile(source, content);
			await chmod(source, mode);
			return { source, target: path, readOnly: true };
		}),
	);
}

/** Starts a container; throws StartError where its command cannot be started. */
export async function startInstance(
	context: PodContext,
	container: ContainerSpec,
	plan: ContainerPlan,
	restart: number,
): Promise<ContainerInstance> {
	const process = await startContainer({
		bwrap: context.node.bwrap,
		hostname: podHostname(context.pod()),
		...(context.network ? { networkNamespace: context.network.namespace } : {}),
		command: plan.command,
		env: plan.environment,
		workingDirectory: plan.workingDirectory,
		mounts: plan.mounts,
		readOnlyRoot: container.securityContext?.readOnlyRootFilesystem ?? false,
		stdin: container.stdin ?? false,
		tty: container.tty ?? false,
	});
	const log = new LogFile(logPath(context.logs, container.name, restart));
	// Of earlier runs the last one's log alone is kept.
	const old = logPath(context.logs, container.name, restart - 2);
	await Promise.all([rm(old, { force: true }), rm(`${old}.1`, { force: true })]);
	const taken = Promise.all([log.take("stdout", process.stdout), log.take("stderr", process.stderr)]);
	const ended = process.exited.then(async (code) => {
		await taken;
		await log.end();
		return code;
	});
	return { id: `bubblewrap://${randomBytes(32).toString("hex")}`, plan, process, log, startedAt: new Date(), ended };
}

export const logPath = (logs: string, container: string, restart: number): string =>
	join(logs, container, `${restart}.log`);

/** What the container left to be said of its end: its termination log, at most 4 KiB. */
export async function terminationMessage(instance: ContainerInstance): Promise<string> {
	const text = await readFile(instance.plan.terminationLog, "utf8").catch(() => "");
	return text.slice(0, 4096);
}
