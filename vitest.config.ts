import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** The lab beside a real Kubernetes, and under other kubectls, operation by operation. */
const TWIN = ["e2e/twin/twin.test.ts", "e2e/twin/kubectl-versions.test.ts"];

/** Takes nodes away that other tests would have members on. */
const ALONE = ["e2e/node-loss.test.ts"];

export default defineConfig({
	test: {
		reporters: ["default", "./scripts/skipped-reporter.js"],
		// much of their time they wait, for etcd or for a process to start
		maxWorkers: Math.max(3, availableParallelism()),
		projects: [
			{
				test: {
					name: "unit",
					include: ["packages/*/src/**/*.test.ts", "bench/**/*.test.ts"],
					setupFiles: ["vitest.setup.ts"],
					testTimeout: 120_000,
					hookTimeout: 120_000,
				},
			},
			{
				test: {
					name: "e2e",
					include: ["e2e/**/*.test.ts"],
					exclude: [...TWIN, ...ALONE],
					setupFiles: ["vitest.setup.ts"],
					testTimeout: 300_000,
					maxConcurrency: 2,
					hookTimeout: 120_000,
				},
			},
			{
				test: {
					name: "e2e-alone",
					include: ALONE,
					testTimeout: 300_000,
					hookTimeout: 120_000,
					sequence: { groupOrder: 1 },
				},
			},
			// minutes each, and of no use without others than the lab
			{ test: { name: "twin", include: TWIN, testTimeout: 600_000 } },
		],
	},
});
