import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcdAtHand } from "../etcd-at-hand.ts";
import { run } from "../kubectl.ts";
import { COMMAND } from "../quorate-command.ts";
import { type CaseCluster, type CaseLab, caseLab } from "./case-cluster.ts";

describe.skipIf(!(await etcdAtHand("starts", "3.5.35")))("how etcd is started", () => {
	let folder: string;
	let lab: CaseLab;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-case-"));
		lab = await caseLab(folder);
	});
	afterAll(async () => {
		await lab?.destroy();
		await rm(folder, { recursive: true, force: true });
	});

	const grow = (etcd: CaseCluster, replicas: number) =>
		etcd.quorate("scale", "--replicas", String(replicas), "--yes", "--snapshot", "none", "-o", "json");

	it.each([
		[
			"config-self",
			3,
			/`\/usr\/local\/bin\/etcd --config-file|`--config-file=\/etc\/etcd\/etcd.conf`: with it etcd ignores/,
		],
		["script-adds-itself", 4, /`etcdctl member remove \\?"\$ID\\?"`.*`etcdctl member add/s],
		["discovery-srv", 4, /`--discovery-srv=etcd.discovery-srv.svc.cluster.local`: it conflicts/],
		["force-new", 3, /`--force-new-cluster` \[start-flags-safe\]/],
		["default-name", 3, /etcd of etcd-0 was never told of a cluster/],
		["service-per-pod", 4, /etcd-3 would be reached as etcd-3, but/],
	] as const)("%s is refused before anything is touched", async (name, replicas, words) => {
		const etcd = await lab.start(name);
		const before = await etcd.state();
		const ran = await grow(etcd, replicas);
		expect(ran.stderr).toMatch(words);
		expect(ran.code).toBe(3);
		expect(await etcd.state()).toEqual(before);
		await etcd.destroy();
	});

	it("a person who reads both streams is told the reason and the hint once", async () => {
		const etcd = await lab.start("config-self");
		const plan = (redirect: string) =>
			run("sh", ["-c", `"$0" "$1" plan -n config-self --replicas 3 ${redirect}`, process.execPath, COMMAND], {
				env: { ...process.env, KUBECONFIG: lab.kubeconfig },
			});
		const { code, stdout } = await plan("2>&1");
		const read = stdout.replaceAll(/\s+/g, " ");
		expect(code).toBe(3);
		expect(read.match(/how container etcd starts is not understood/g)).toHaveLength(1);
		expect(read.match(/start etcd itself/g)).toHaveLength(1);
		expect(read).toContain("error: refused: join-known (see above)");
		const { stderr } = await plan(">/dev/null");
		expect(stderr).toMatch(/error: how container etcd starts is not understood[\s\S]*next: {2}start etcd itself/);
		await etcd.destroy();
	});

	it.each(["subst", "fqdn-name"])("%s grows, and the new member is named as its template names it", async (name) => {
		const etcd = await lab.start(name);
		const ran = await grow(etcd, 4);
		expect(ran.code, ran.stderr).toBe(0);
		expect(JSON.parse(ran.stdout)).toMatchObject({ from: 3, to: 4, proof: { equal: true } });
		const { members } = JSON.parse(await etcd.etcdctl("member", "list", "-w", "json"));
		const names = members.map((member: { name: string }) => member.name.split(".")[0]).sort();
		expect(names).toEqual(["etcd-0", "etcd-1", "etcd-2", "etcd-3"]);
		await etcd.destroy();
	});
});
