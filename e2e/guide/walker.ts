import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findKubectl } from "quorate-lab";
import { run } from "../kubectl.ts";
import type { GuideStep } from "./steps.ts";
import { onTerminal } from "./terminal.ts";

/** The guide's second step, as KUBE_EDITOR: the new member's peer URL, and the cluster's initial state from "new" to "existing". */
const editor = (ordinal: number) => String.raw`#!/bin/sh
exec sed -i \
	-e 's#mayastor-etcd-${ordinal - 1}=http://mayastor-etcd-${ordinal - 1}\.\([^ ]*\):2380#&,mayastor-etcd-${ordinal}=http://mayastor-etcd-${ordinal}.\1:2380#' \
	-e '/name: ETCD_INITIAL_CLUSTER_STATE$/{n;s/value: new/value: existing/;}' \
	"$1"
`;

const PATIENCE = 120_000;
const INTERVAL = 250;

/** Someone who follows the guide: types its commands into a shell, in a folder of his own. */
export class Walker {
	readonly #folder: string;
	readonly #env: NodeJS.ProcessEnv;

	private constructor(folder: string, env: NodeJS.ProcessEnv) {
		this.#folder = folder;
		this.#env = env;
	}

	/** @param ordinal of the member that his edit adds */
	static async begin(kubeconfig: string, ordinal = 3): Promise<Walker> {
		const folder = await mkdtemp(join(tmpdir(), "quorate-guide-"));
		const { path } = await findKubectl();
		await symlink(path, join(folder, "kubectl"));
		const addPeer = join(folder, "add-peer");
		await writeFile(addPeer, editor(ordinal), { mode: 0o755 });
		return new Walker(folder, {
			...process.env,
			KUBECONFIG: kubeconfig,
			KUBE_EDITOR: addPeer,
			PATH: `${folder}:${dirname(path)}:${process.env.PATH}`,
		});
	}

	/** Follows a step; returns what was seen. Rejects where the command fails. */
	async follow({ command, typed, file }: GuideStep): Promise<string> {
		if (file) await writeFile(join(this.#folder, file.name), `${file.text}\n`);
		if (typed) return onTerminal(command, [...typed, "exit"], this.#env);
		return this.type(command);
	}

	/** Any other command line. */
	async type(command: string): Promise<string> {
		const ran = await run("sh", ["-c", command], { cwd: this.#folder, env: this.#env });
		if (ran.code !== 0) throw new Error(`${command}: exit code ${ran.code}\n${ran.stderr}`);
		return ran.stdout.trimEnd();
	}

	/** Types the command again until what it prints is so. */
	async until(command: string, isSo: (printed: string) => boolean): Promise<string> {
		const deadline = Date.now() + PATIENCE;
		for (;;) {
			const printed = await this.type(command);
			if (isSo(printed)) return printed;
			if (Date.now() > deadline) throw new Error(`${command} never came to print what was awaited, but:\n${printed}`);
			await sleep(INTERVAL);
		}
	}

	/** The path of a file in his folder. */
	path(name: string): string {
		return join(this.#folder, name);
	}

	end(): Promise<void> {
		return rm(this.#folder, { recursive: true, force: true });
	}
}
