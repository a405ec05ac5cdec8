import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downLab, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcdAtHand } from "../etcd-at-hand.ts";
import { kubectl } from "../kubectl.ts";
import { quorate } from "../quorate-command.ts";

const LAB = `guide-taken-back-${process.pid}`;
const AT = ["-n", "mayastor"];

describe.skipIf(!(await etcdAtHand("the guide's first step, taken back", "3.5")))(
	"the guide's first step, taken back",
	() => {
		let folder: string;
		let kubeconfig: string;
		const kube = (...args: string[]) => kubectl(kubeconfig, args);
		const run = (...args: string[]) => quorate(kubeconfig, [...args, ...AT], { cwd: folder });
		const claims = async () => (await kube("get", "pvc", ...AT, "-o", "jsonpath={.items[*].metadata.name}")).split(" ");

		beforeAll(async () => {
			folder = await mkdtemp(join(tmpdir(), "quorate-guide-"));
			await upLab({ name: LAB, members: 3, etcdVersion: "3.5", volumes: 20 }, {});
			kubeconfig = await labKubeconfig(LAB);
		});
		afterAll(async () => {
			await downLab(LAB);
			await rm(folder, { recursive: true, force: true });
		});

		it("its pod hangs Pending; taken back as the hint has it, the claim that it left is in nobody's way", async () => {
			await kube("scale", "sts", "mayastor-etcd", ...AT, "--replicas=4");
			const phase = () => kube("get", "pvc", "data-mayastor-etcd-3", ...AT, "-o", "jsonpath={.status.phase}");
			await expect.poll(() => phase().catch(() => ""), { timeout: 20_000, interval: 200 }).toBe("Pending");
			const refused = await run("scale", "--replicas", "4", "--yes");
			expect(refused.code).toBe(3);
			const hint = /kubectl (scale sts mayastor-etcd -n mayastor --replicas=3)/.exec(
				refused.stderr.replaceAll(/\s+/g, " "),
			);
			await kube(...(hint?.[1] ?? "").split(" "));
			await kube("wait", "pod/mayastor-etcd-3", ...AT, "--for=delete", "--timeout=60s");
			expect(await claims()).toContain("data-mayastor-etcd-3");

			const checked = await run("check", "--replicas", "4");
			expect(checked.stdout).not.toMatch(/claim data-mayastor-etcd-3 is|earlier member/);
			const grown = await run("scale", "--replicas", "4", "--yes");
			expect(grown.code, grown.stderr).toBe(0);
			const shrunk = await run("scale", "--replicas", "3", "--yes");
			expect(shrunk.code, shrunk.stderr).toBe(0);
			expect(await claims()).toEqual([0, 1, 2].map((ordinal) => `data-mayastor-etcd-${ordinal}`));
		});
	},
);
