import type { Pod } from "kubernetes-types/core/v1";
import { expect, it } from "vitest";
import { claimUsers } from "./claim-users.ts";
import { cleanerPod } from "./cleaner-pod.ts";

const pod = (name: string, claimName: string, phase: string): Pod => ({
	metadata: { name },
	spec: {
		containers: [],
		volumes: [
			{ name: "tmp", emptyDir: {} },
			{ name: "v", persistentVolumeClaim: { claimName } },
		],
	},
	status: { phase },
});

it("knows who mounts a claim, until that pod has ended", () => {
	const cleaner = cleanerPod({ spec: { containers: [{ name: "etcd", image: "etcd" }] } }, "etcd", {
		...{
			task: "empty",
			namespace: "etcd",
			claim: "data-etcd-2",
			node: undefined,
			madeFor: { uid: "u", generation: 1, claimUid: "c" },
		},
		expected: { cluster: 7n, member: 1n, present: [], mustHoldLog: true },
	});
	const pods = [
		pod("backup", "data-etcd-3", "Running"),
		pod("new", "data-etcd-4", "Pending"),
		pod("ended", "data-etcd-5", "Succeeded"),
		pod("failed", "data-etcd-5", "Failed"),
		cleaner,
	];
	expect([...claimUsers(pods)]).toEqual([
		["data-etcd-3", "backup"],
		["data-etcd-4", "new"],
	]);
});
