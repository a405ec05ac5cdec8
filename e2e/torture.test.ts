import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { etcdAtHand } from "./etcd-at-hand.ts";
import { run } from "./kubectl.ts";

const PROGRAM = fileURLToPath(new URL("dist/torture.js", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "quorate-torture-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const torture = (...args: string[]) => run(process.execPath, [PROGRAM, "--logs", folder, ...args]);

/** Down to one with a node off and a pod deleted, then a growth that is killed and taken back. */
const SEED = "2";

it.skipIf(!(await etcdAtHand("a run of the campaign under faults", "3.5")))(
	"a seed of the campaign under faults holds",
	async () => {
		const { code, stdout, stderr } = await torture("--seed", SEED, "-o", "json");
		expect(code, stderr).toBe(0);
		const [result] = JSON.parse(stdout).results;
		expect(result).toMatchObject({ seed: 2, problems: [] });
		expect(result.scalings.map(({ from, size }: { from: number; size: number }) => [from, size])).toEqual([
			[3, 1],
			[1, 1],
		]);
		expect(result.scalings.flatMap(({ faults }: { faults: string[] }) => faults)).toContain("sigkill");
		expect(result.acknowledged).toBeGreaterThan(100);
	},
);

it("what a seed would do can be seen beforehand, and is the same each time", async () => {
	const [first, second] = [await torture("--seed", SEED, "--dry-run"), await torture("--seed", SEED, "--dry-run")];
	expect(first.stdout).toMatch(/^seed 2: etcd 3\.5, 3 members, Parallel\n {2}to 1, then repeat: node-off\(/);
	expect(second.stdout).toBe(first.stdout);
});

it.each([
	[["--seed", "x"], "--seed must be a whole number from 0 on, not x"],
	[["--jobs", "0"], "--jobs must be a whole number from 1 on, not 0"],
	[["-o", "xml"], "-o must be table or json, not xml"],
	[["--nonsense"], "Unknown option '--nonsense'"],
])("%j is refused", async (args, message) => {
	const { code, stderr } = await torture(...args);
	expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});
