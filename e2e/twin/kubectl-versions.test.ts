import { findKubectl } from "quorate-lab";
import { describe, expect, it } from "vitest";
import { onLab } from "../cluster-under-test.ts";
import { run } from "../kubectl.ts";
import { nameOf } from "./operation.ts";
import { cluster } from "./script/cluster.ts";
import { patching } from "./script/patching.ts";
import { reading } from "./script/reading.ts";
import { runChapter } from "./twin.ts";

const CHAPTERS = [patching, reading, cluster];
const WATCH_LISTS = { KUBE_FEATURE_WatchListClient: "true" };

/** Paths of kubectls besides the one that is found, as PATH has folders. */
const OTHERS = (process.env.QUORATE_KUBECTLS ?? "").split(":").filter((path) => path !== "");
const found = (await findKubectl()).path;

async function version(kubectl: string): Promise<string> {
	const { stdout } = await run(kubectl, ["version", "--client", "-o", "json"]);
	return JSON.parse(stdout).clientVersion.gitVersion;
}

/** What each operation ended with, and whether what was awaited came. */
async function outcomes(kubectl: string, env: Record<string, string>): Promise<string[]> {
	const lab = await onLab({ members: 1, nodes: 5, empty: true });
	try {
		const chapters = CHAPTERS.map(async (chapter) => {
			const ended = await runChapter({ kubeconfig: lab.kubeconfig, kubectl, env }, chapter.name, chapter);
			return ended.map(({ operation, code, came }) => `${nameOf(operation)}: ${came ? code : "did not come"}`);
		});
		return (await Promise.all(chapters)).flat();
	} finally {
		await lab.destroy();
	}
}

const others = await Promise.all(OTHERS.map(async (path) => ({ name: await version(path), path })));
const variants = [
	{ name: await version(found), path: found, env: WATCH_LISTS },
	...others.flatMap((one) => [
		{ ...one, env: {} },
		{ ...one, env: WATCH_LISTS },
	]),
];

describe("the lab under other kubectls", () => {
	it.each(variants)("does the same for $name with $env", async ({ path, env }) => {
		expect(await outcomes(path, env)).toEqual(await reference());
	});
});

let known: Promise<string[]> | undefined;
const reference = () => {
	known ??= outcomes(found, {});
	return known;
};
