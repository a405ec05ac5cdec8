import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downLab, labFaults, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectl } from "../kubectl.ts";
import { quorate } from "../quorate-command.ts";

const LAB = `history-${process.pid}`;
const NAMESPACE = ["-n", "mayastor"];

// Each begins where the one before has left the cluster.
describe("same-ids: a cluster of one whose only member lost its disk and began again under the same ids", () => {
	let kubeconfig: string;
	let state: string;
	/** as a person at one workstation; `elsewhere`: at another one */
	const run = (args: readonly string[], elsewhere?: string) =>
		quorate(kubeconfig, args, { cwd: state, env: { XDG_STATE_HOME: elsewhere ?? state } });

	beforeAll(async () => {
		state = await mkdtemp(join(tmpdir(), "quorate-history-"));
		await upLab({ name: LAB, members: 1 }, {});
		kubeconfig = await labKubeconfig(LAB);
	});
	afterAll(async () => {
		await downLab(LAB);
		await rm(state, { recursive: true, force: true });
	});

	it("what is proven is recorded, and the next proof follows from it", async () => {
		const first = await run(["validate", ...NAMESPACE]);
		expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("nothing was recorded before") });
		const saved = await run(["snapshot", "save", "before.db", ...NAMESPACE]);
		expect(saved.code).toBe(0);
		const second = await run(["validate", ...NAMESPACE]);
		expect(second.code).toBe(0);
		expect(second.stdout).toMatch(
			/same history: it still has cluster \w+, 1177 keys at revision \d+ \(quorate validate on /,
		);
	});

	it("equal members are a failure where they hold less than was recorded, and both sides are named", async () => {
		const node = await kubectl(kubeconfig, [
			"get",
			"pod",
			"mayastor-etcd-0",
			...NAMESPACE,
			"-o",
			"jsonpath={.spec.nodeName}",
		]);
		await labFaults(LAB).wipeNode(node);
		await labFaults(LAB).startNode(node);
		await kubectl(kubeconfig, ["wait", "pod/mayastor-etcd-0", ...NAMESPACE, "--for=condition=Ready", "--timeout=60s"]);
		const { code, stdout, stderr } = await run(["validate", ...NAMESPACE]);
		expect(code).toBe(1);
		expect(stdout).toContain("NOT what was recorded");
		const [was, is] =
			/recorded (cluster \w+, 1177 keys at revision \d+); now it is (cluster \w+, \d+ keys? at revision \d+)/
				.exec(stderr)
				?.slice(1) ?? [];
		// the same id: nothing but the revision tells them apart
		expect(was?.split(",")[0]).toBe(is?.split(",")[0]);
		expect(stderr).toContain("quorate validate sts/mayastor-etcd -n mayastor --accept-history");
	});

	it("status begins with it, and a snapshot is saved with a warning", async () => {
		const { code, stdout } = await run(["status", ...NAMESPACE]);
		expect(code).toBe(1);
		expect(stdout.replaceAll(/\s+/g, " ")).toMatch(/^DATA LOST OR REPLACED: data was lost: quorate validate on /);
		const saved = await run(["snapshot", "save", "after.db", ...NAMESPACE]);
		expect(saved.code).toBe(0);
		expect(saved.stderr).toMatch(/data was lost: .*; the snapshot holds what is there now/);
	});

	it("scale refuses to change it", async () => {
		const { code, stderr } = await run(["scale", ...NAMESPACE, "--replicas", "3", "--yes"]);
		expect(code).toBe(3);
		expect(stderr).toContain("[history-kept]");
		expect(stderr).toContain("data was lost: quorate validate on ");
	});

	it("another workstation has the snapshot to compare with", async () => {
		const { code, stderr } = await run(["validate", ...NAMESPACE, "--snapshot", "before.db"], join(state, "elsewhere"));
		expect(code).toBe(1);
		expect(stderr).toMatch(/data was lost: snapshot before.db recorded revision \d+/);
	});

	it("it is accepted on purpose, once", async () => {
		expect((await run(["validate", ...NAMESPACE, "--accept-history"])).code).toBe(0);
		const after = await run(["validate", ...NAMESPACE]);
		expect(after).toMatchObject({ code: 0, stdout: expect.stringContaining("same history: it still has cluster") });
	});
});
