import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ran, run } from "./kubectl.ts";

/** The chart of the guide's cluster. */
export const CHART = fileURLToPath(new URL("./chart", import.meta.url));

/**
 * The helm program: what QUORATE_HELM names, or the one in PATH. Undefined where QUORATE_HELM is "none", which is said in a line:
 * whoever has no helm may do without, but not without knowing.
 */
export async function findHelm(): Promise<string | undefined> {
	const named = process.env.QUORATE_HELM;
	if (named === "none") {
		process.stderr.write('tests of Helm are SKIPPED: QUORATE_HELM is "none"\n');
		return undefined;
	}
	const places = named ? [named] : (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "helm"));
	for (const place of places) if (await isProgram(place)) return place;
	if (named) throw new Error(`QUORATE_HELM names ${named}, which cannot be run`);
	process.stderr.write("tests of Helm are SKIPPED: there is no helm in PATH; QUORATE_HELM names one\n");
	return undefined;
}

/** Helm 4, which applies on the server: what QUORATE_HELM4 names. */
export async function findHelm4(): Promise<string | undefined> {
	const named = process.env.QUORATE_HELM4;
	if (named === undefined || named === "none") {
		process.stderr.write("tests of Helm 4 are SKIPPED: QUORATE_HELM4 names no program\n");
		return undefined;
	}
	if (await isProgram(named)) return named;
	throw new Error(`QUORATE_HELM4 names ${named}, which cannot be run`);
}

const isProgram = (path: string): Promise<boolean> =>
	access(path, constants.X_OK).then(
		() => true,
		() => false,
	);

/** Runs helm for one kubeconfig and namespace; all that it keeps lies in `home`. */
export function helmFor(program: string, { kubeconfig, namespace, home }: HelmPlace) {
	const env = {
		...process.env,
		HELM_CACHE_HOME: join(home, "cache"),
		HELM_CONFIG_HOME: join(home, "config"),
		HELM_DATA_HOME: join(home, "data"),
	};
	const attempt = (...args: readonly string[]): Promise<Ran> =>
		run(program, ["--kubeconfig", kubeconfig, "--namespace", namespace, ...args], { env });
	const ok = async (...args: readonly string[]): Promise<string> => {
		const { code, stdout, stderr } = await attempt(...args);
		if (code !== 0) throw new Error(`helm ${args.join(" ")}: exit code ${code}\n${stdout}${stderr}`);
		return stdout;
	};
	return { attempt, ok };
}

interface HelmPlace {
	kubeconfig: string;
	namespace: string;
	home: string;
}
