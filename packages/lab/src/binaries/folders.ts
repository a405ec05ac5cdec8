import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

export type Environment = Record<string, string | undefined>;

/** XDG: a variable that is not an absolute path is to be ignored. */
function base(env: Environment, variable: string, fallback: string): string {
	const value = env[variable];
	return value !== undefined && isAbsolute(value) ? value : join(env.HOME || homedir(), fallback);
}

/** What can be fetched again: `${XDG_CACHE_HOME:-~/.cache}/quorate`. */
export function cacheFolder(env: Environment = process.env): string {
	return join(base(env, "XDG_CACHE_HOME", ".cache"), "quorate");
}

/** One folder a lab, by name: `${XDG_STATE_HOME:-~/.local/state}/quorate/labs`. */
export function labsFolder(env: Environment = process.env): string {
	return join(base(env, "XDG_STATE_HOME", ".local/state"), "quorate", "labs");
}
