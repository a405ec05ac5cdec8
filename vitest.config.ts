import { defineConfig } from "vitest/config";

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
					exclude: ["e2e/twin/twin.test.ts"],
					testTimeout: 300_000,
					hookTimeout: 120_000,
				},
			},
			// the lab beside a real Kubernetes, operation by operation
			{ test: { name: "twin", include: ["e2e/twin/twin.test.ts"], testTimeout: 600_000 } },
		],
	},
});
