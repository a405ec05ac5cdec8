import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downLab, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, expect, it } from "vitest";
import { kubectl } from "../kubectl.ts";
import { quorate } from "../quorate-command.ts";

const LAB = `crosswise-${process.pid}`;
const MINUTE = 60_000;

let folder: string;
let kubeconfig: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-crosswise-"));
	await upLab({ name: LAB, crosswiseVolumes: true, volumes: 20 }, {});
	kubeconfig = await labKubeconfig(LAB);
}, 2 * MINUTE);
afterAll(async () => {
	await downLab(LAB);
	await rm(folder, { recursive: true, force: true });
});

/** `data-mayastor-etcd-0 etcd-volume-2 /var/local/…`, a line each, by claim. */
async function volumes(): Promise<string[]> {
	const path = '{range .items[*]}{.spec.claimRef.name} {.metadata.name} {.spec.hostPath.path}{"\\n"}{end}';
	return (await kubectl(kubeconfig, ["get", "pv", "-o", `jsonpath=${path}`])).trim().split("\n").sort();
}

it(
	"case crosswise: new volumes follow name and path of volumes that are bound to other members' claims",
	async () => {
		const before = await volumes();
		expect(before).toEqual([
			"data-mayastor-etcd-0 etcd-volume-2 /var/local/mayastor/etcd/pod-2",
			"data-mayastor-etcd-1 etcd-volume-0 /var/local/mayastor/etcd/pod-0",
			"data-mayastor-etcd-2 etcd-volume-1 /var/local/mayastor/etcd/pod-1",
		]);
		const scale = (replicas: number) =>
			quorate(kubeconfig, ["scale", "-n", "mayastor", "--replicas", String(replicas), "--yes"], { cwd: folder });
		const grown = await scale(5);
		expect(grown.code, grown.stderr).toBe(0);
		expect(await volumes()).toEqual([
			...before,
			"data-mayastor-etcd-3 etcd-volume-3 /var/local/mayastor/etcd/pod-3",
			"data-mayastor-etcd-4 etcd-volume-4 /var/local/mayastor/etcd/pod-4",
		]);
		const back = await scale(3);
		expect(back.code, back.stderr).toBe(0);
		expect(await volumes()).toEqual(before);
	},
	3 * MINUTE,
);
