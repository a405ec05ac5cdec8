import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { onLab, REAL_KUBECONFIG, realPower } from "../cluster-under-test.ts";
import type { Difference } from "./compare.ts";
import { document } from "./document.ts";
import { EXPLAINED } from "./explained.ts";
import { judge } from "./judge.ts";
import { runBoth } from "./twin.ts";

const PAGE = fileURLToPath(new URL("../../docs/lab-and-kubernetes.md", import.meta.url));

it("is described as it is in docs/lab-and-kubernetes.md", async () => {
	if (process.env.QUORATE_TWIN_WRITE) await writeFile(PAGE, document(EXPLAINED));
	expect(await readFile(PAGE, "utf8")).toBe(document(EXPLAINED));
});

if (REAL_KUBECONFIG === undefined)
	console.warn("SKIPPED: the lab beside a real Kubernetes: QUORATE_TEST_KUBECONFIG names none");

if (realPower === undefined) console.warn("SKIPPED: nodes without power: QUORATE_TEST_NODE_POWER says no command");

describe.skipIf(REAL_KUBECONFIG === undefined)("the lab beside a real Kubernetes", () => {
	let found: Difference[];

	beforeAll(async () => {
		const lab = await onLab({ members: 1, nodes: 5, empty: true });
		try {
			found = await runBoth(lab, { kubeconfig: REAL_KUBECONFIG ?? "", power: realPower });
		} finally {
			await lab.destroy();
		}
	}, 600_000);

	it("differs in nothing that is not explained", () => {
		expect(judge(found, EXPLAINED).unexplained).toEqual([]);
	});

	it("differs in everything that is explained", () => {
		expect(judge(found, EXPLAINED).stale).toEqual([]);
	});
});
