import { defineConfig } from "vitest/config";

/** The lab beside a real Kubernetes, and under other kubectls, operation by operation. */
const TWIN = ["e2e/twin/twin.test.ts", "e2e/twin/kubectl-versions.test.ts"];

export default defineConfig({
	test: {
		projects: [
			{
				test: {
					name: "unit",
					include: ["packages/*/src/**/*.test.ts", "bench/**/*.test.ts"],
					testTimeout: 120_000,
					hookTimeout: 120_000,
				},
			},
			{
				test: {
					name: "e2e",
					include: ["e2e/**/*.test.ts"],
					exclude: TWIN,
					testTimeout: 300_000,
					maxConcurrency: 2,
					hookTimeout: 120_000,
				},
			},
			// minutes each, and of no use without others than the lab
			{ test: { name: "twin", include: TWIN, testTimeout: 600_000 } },
		],
	},
});
