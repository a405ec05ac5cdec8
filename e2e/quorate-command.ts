import { fileURLToPath } from "node:url";
import { type Ran, type RunSettings, run } from "./kubectl.ts";

export const COMMAND = fileURLToPath(new URL("../packages/quorate/bin/quorate.js", import.meta.url));

/** Runs the bundled command as a person would. */
export function quorate(kubeconfig: string, args: readonly string[], settings: RunSettings = {}): Promise<Ran> {
	return run(process.execPath, [COMMAND, ...args], {
		...settings,
		env: { ...process.env, KUBECONFIG: kubeconfig, ...settings.env },
	});
}
