import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcdAtHand } from "../etcd-at-hand.ts";
import { type CaseCluster, type CaseLab, caseLab } from "./case-cluster.ts";

const IMAGE = "coreos/etcd:v3.5.35";
const MISSING = "coreos/etcd:v3.5.99";
const PULL_FAILED = /ImagePullBackOff|ErrImagePull/;
const MINUTE = 60_000;

const setImage = (etcd: CaseCluster, image: string) => etcd.kube("set", "image", "sts/etcd", `etcd=${image}`);
const patch = (etcd: CaseCluster, spec: object) => etcd.kube("patch", "sts", "etcd", "-p", JSON.stringify({ spec }));
const held = (partition: number) => ({ updateStrategy: { rollingUpdate: { partition } } });

/** What a run may not leave behind, and what it has to leave as it was. */
async function state(etcd: CaseCluster) {
	const { metadata, spec, status } = JSON.parse(await etcd.kube("get", "sts", "etcd", "-o", "json"));
	const pods = JSON.parse(await etcd.kube("get", "pods", "-o", "json")).items as {
		metadata: { name: string; uid: string };
		spec: { containers: { image: string }[] };
		status: { phase: string };
	}[];
	return {
		noted: Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith("quorate.io")),
		spec: { replicas: spec.replicas, strategy: spec.updateStrategy, template: spec.template },
		settled: status.currentRevision === status.updateRevision,
		uids: pods.map(({ metadata }) => metadata.uid),
		pods: pods.map(({ metadata, spec, status }) => [metadata.name, spec.containers[0]?.image, status.phase]),
		others: await etcd.kube("get", "pvc,leases", "-o", "name"),
	};
}

const podsOf = (image: string) => ["etcd-0", "etcd-1", "etcd-2"].map((name) => [name, image, "Running"]);

/** The last pod of the roll-out waits for an image. */
const untilPulled = (etcd: CaseCluster, pod: string) =>
	expect
		.poll(() => etcd.kube("get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].state.waiting.reason}"), {
			timeout: 30_000,
			interval: 300,
		})
		.toMatch(PULL_FAILED);

describe.skipIf(!(await etcdAtHand("roll-outs", "3.5.35")))("roll-outs and templates that go wrong", () => {
	let folder: string;
	let lab: CaseLab;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-case-"));
		lab = await caseLab(folder);
	}, 2 * MINUTE);
	afterAll(async () => {
		await lab?.destroy();
		await rm(folder, { recursive: true, force: true });
	});

	const parallel = (name: string) =>
		lab.startAs(name, "stuck-rollout", (manifest) => manifest.replace("OrderedReady", "Parallel"));

	describe("bad-rollout: to an image that does not exist", () => {
		let etcd: CaseCluster;
		beforeAll(async () => {
			etcd = await parallel("bad-rollout");
			await etcd.etcdctl("put", "/key", "value");
			await patch(etcd, held(3));
		}, 2 * MINUTE);

		/** A run that stops where its first pod does not come up. */
		const rolledBadly = async () => {
			await setImage(etcd, MISSING);
			const ran = await etcd.quorateUntil(PULL_FAILED, "rollout", "--yes", "--snapshot", "none");
			expect(ran.signal, ran.stdout + ran.stderr).toBe("SIGKILL");
			expect(ran.stdout + ran.stderr).toMatch(
				/etcd-2 does not answer \(pod etcd-2: \w*(ImagePullBackOff|ErrImagePull)/,
			);
			expect(ran.stdout + ran.stderr).toContain(MISSING);
		};
		const isWhole = async (image: string) => {
			const after = await state(etcd);
			expect(after).toMatchObject({
				noted: [],
				pods: podsOf(image),
				spec: { replicas: 3, strategy: held(3).updateStrategy },
			});
			expect(after.others).not.toMatch(/lease/);
			expect(await etcd.etcdctl("get", "/key", "--print-value-only")).toBe("value\n");
		};

		it(
			"the pod's own reason is in the wait and in status, and abort goes back to the pods that ran",
			async () => {
				const before = await state(etcd);
				await rolledBadly();
				const status = await etcd.quorate("status");
				expect(status.stdout).toMatch(/etcd-2: its pod does not run; pod etcd-2: \w*ImagePull/);
				expect(status.stdout).toContain("take it back: quorate abort sts/etcd -n bad-rollout");
				const back = await etcd.quorate("abort", "--yes");
				expect(back.code, back.stderr).toBe(0);
				await isWhole(IMAGE);
				expect((await state(etcd)).uids.slice(0, 2)).toEqual(before.uids.slice(0, 2));
			},
			2 * MINUTE,
		);

		it.each([["rollout"], ["scale", "--replicas", "3"], ["abort"]])(
			"with the image corrected, %s leads out",
			async (...command) => {
				await rolledBadly();
				await setImage(etcd, IMAGE);
				const ran = await etcd.quorate(...command, "--yes");
				expect(ran.code, ran.stderr).toBe(0);
				await isWhole(IMAGE);
				expect((await state(etcd)).settled).toBe(true);
			},
			2 * MINUTE,
		);
	});

	it(
		"stuck-rollout (kubernetes#67250): a bad image and back leaves a pod that its controller never replaces; rollout does",
		async () => {
			const etcd = await lab.start("stuck-rollout");
			await etcd.etcdctl("put", "/key", "value");
			const before = await state(etcd);
			await setImage(etcd, MISSING);
			await untilPulled(etcd, "etcd-2");
			await setImage(etcd, IMAGE);
			const refused = await etcd.quorate("scale", "--replicas", "5", "--yes");
			expect(refused.code).toBe(3);
			expect(refused.stderr).toContain("quorate rollout sts/etcd -n stuck-rollout");
			await untilPulled(etcd, "etcd-2");
			const ran = await etcd.quorate("rollout", "--yes");
			expect(ran.code, ran.stderr).toBe(0);
			const after = await state(etcd);
			expect(after).toEqual({ ...before, uids: [...before.uids.slice(0, 2), after.uids[2]] });
			expect(await etcd.etcdctl("get", "/key", "--print-value-only")).toBe("value\n");
			await etcd.destroy();
		},
		2 * MINUTE,
	);

	describe("template-changed: someone changes the template during a scaling", () => {
		let etcd: CaseCluster;
		beforeAll(async () => {
			etcd = await lab.startAs("template-changed", "scale0");
		}, 2 * MINUTE);

		it.each([
			["while a new pod joins", /^√ *\d+\/\d+ .*replicas 4/m, {}],
			["between two members", /^√ *\d+\/\d+ .*becomes a voter/m, {}],
			["and lets its controller roll it out", /^√ *\d+\/\d+ .*becomes a voter/m, held(0)],
		] as const)(
			"%s: scale and rollout name the change and abort, which leads to the beginning",
			async (_, moment, strategy) => {
				const before = await state(etcd);
				const killed = await etcd.quorateUntil(moment, "scale", "--replicas", "5", "--yes", "--snapshot", "none");
				expect(killed.signal, killed.stdout + killed.stderr).toBe("SIGKILL");
				const template = { spec: { containers: [{ name: "etcd", image: MISSING }] } };
				await patch(etcd, { template, ...strategy });
				if ("updateStrategy" in strategy) await untilPulled(etcd, "etcd-3");
				for (const command of [["scale", "--replicas", "5"], ["rollout"]]) {
					const refused = await etcd.quorate(...command, "--yes");
					expect(refused.code, refused.stderr).toBe(3);
					expect(refused.stderr.replaceAll(/\s+/g, " ")).toContain("quorate abort sts/etcd -n template-changed");
				}
				const status = await etcd.quorate("status");
				expect(status.stdout).toContain("quorate abort sts/etcd -n template-changed");
				const back = await etcd.quorate("abort", "--yes");
				expect(back.code, back.stderr).toBe(0);
				expect(await state(etcd)).toEqual(before);
				const { members } = JSON.parse(await etcd.etcdctl("member", "list", "-w", "json"));
				expect(members).toHaveLength(3);
			},
			3 * MINUTE,
		);

		it(
			"partition-changed: pods are restarted on the join profile; abort is named, and leads to the beginning",
			async () => {
				const { uids: _, ...before } = await state(etcd);
				// later, a learner that is never Ready would hold its controller up
				const moment = /^√ *\d+\/\d+ .*join template set/m;
				const killed = await etcd.quorateUntil(moment, "scale", "--replicas", "5", "--yes", "--snapshot", "none");
				expect(killed.signal, killed.stdout + killed.stderr).toBe("SIGKILL");
				const uid = () => etcd.kube("get", "pod", "etcd-2", "-o", "jsonpath={.metadata.uid}").catch(() => "");
				const was = await uid();
				await patch(etcd, held(0));
				await expect.poll(uid, { timeout: 60_000, interval: 300 }).not.toBe(was);
				const refused = await etcd.quorate("scale", "--replicas", "5", "--yes");
				expect(refused.code, refused.stderr).toBe(3);
				expect(refused.stderr.replaceAll(/\s+/g, " ")).toContain("quorate abort sts/etcd -n template-changed");
				const back = await etcd.quorate("abort", "--yes");
				expect(back.code, back.stderr).toBe(0);
				const { uids: __, ...after } = await state(etcd);
				expect(after).toEqual(before);
				const { members } = JSON.parse(await etcd.etcdctl("member", "list", "-w", "json"));
				expect(members).toHaveLength(3);
			},
			3 * MINUTE,
		);
	});
});
