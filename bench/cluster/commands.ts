import { fileURLToPath } from "node:url";
import { findKubectl } from "quorate-lab";
import { type ProcessOptions, type ProcessRun, runProcess } from "../measure/process.ts";

/** The bundled command; the benchmarks are bundled into bench/dist. */
export const QUORATE = fileURLToPath(new URL("../../packages/quorate/bin/quorate.js", import.meta.url));

/** Runs `quorate` as a person would. @param kubeconfig undefined: none */
export function quorate(
	kubeconfig: string | undefined,
	args: readonly string[],
	options: ProcessOptions = {},
): Promise<ProcessRun> {
	return runProcess(process.execPath, [QUORATE, ...args], { ...options, env: environment(kubeconfig) });
}

export async function kubectl(
	kubeconfig: string,
	args: readonly string[],
	options: ProcessOptions = {},
): Promise<ProcessRun> {
	const { path } = await findKubectl();
	return runProcess(path, args, { ...options, env: environment(kubeconfig) });
}

function environment(kubeconfig: string | undefined): NodeJS.ProcessEnv {
	return { ...process.env, NO_COLOR: "1", ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }) };
}
