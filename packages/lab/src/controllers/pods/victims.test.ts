import { expect, it } from "vitest";
import type { Pod } from "../stored.ts";
import { victims } from "./victims.ts";

const now = Date.parse("2030-01-01T00:00:00Z");
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

function pod(
	name: string,
	node: string | undefined,
	phase: string,
	readyFor?: number,
	restarts = 0,
	cost?: string,
): Pod {
	const conditions =
		readyFor === undefined ? [] : [{ type: "Ready", status: "True", lastTransitionTime: ago(readyFor) }];
	const annotations = cost === undefined ? {} : { "controller.kubernetes.io/pod-deletion-cost": cost };
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace: "default", uid: name, resourceVersion: "1", creationTimestamp: ago(100), annotations },
		spec: { containers: [], ...(node ? { nodeName: node } : {}) },
		status: {
			phase,
			conditions,
			containerStatuses: [{ name: "c", image: "", imageID: "", ready: true, restartCount: restarts }],
		},
	};
}

it("the least useful go first", () => {
	const pods = [
		pod("old", "n1", "Running", 90),
		pod("restarted", "n1", "Running", 90, 3),
		pod("young", "n1", "Running", 1),
		pod("crowded", "n2", "Running", 90),
		pod("cheap", "n1", "Running", 90, 0, "-5"),
		pod("unready", "n1", "Running"),
		pod("pending", "n1", "Pending"),
		pod("homeless", undefined, "Pending"),
	];
	const neighbours = Array.from({ length: 9 }, (_, number) => pod(`n${number}`, "n2", "Running", 90));
	const order = victims(pods, [...pods, ...neighbours], pods.length, now).map(({ metadata }) => metadata.name);
	expect(order).toEqual(["homeless", "pending", "unready", "cheap", "crowded", "young", "restarted", "old"]);
});
