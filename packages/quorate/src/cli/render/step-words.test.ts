import { describe, expect, it } from "vitest";
import { healthyView } from "../../scaling/testing/views.ts";
import { describeStep } from "./step-words.ts";

const set = healthyView().statefulSet;

describe("the words of a step", () => {
	it("say where the data is that is wiped, and then where it was", () => {
		const step = {
			kind: "empty-volume",
			ordinal: 4,
			claim: "data-etcd-4",
			volume: "etcd-volume-4",
			path: "/var/etcd/pod-4",
			node: "worker-4",
		} as const;
		expect(describeStep(step, set)).toEqual({
			sign: "-",
			subject: "volume etcd-volume-4",
			words: "wipe the data in claim data-etcd-4 (folder /var/etcd/pod-4 on worker-4), if a member that left wrote it",
			done: "wiped the data in claim data-etcd-4 on worker-4",
		});
	});

	it("name no node for a volume that is on none", () => {
		const step = {
			kind: "empty-volume",
			ordinal: 4,
			claim: "c",
			volume: "v",
			path: undefined,
			node: undefined,
		} as const;
		expect(describeStep(step, set)).toMatchObject({
			words: "wipe the data in claim c, if a member that left wrote it",
			done: "wiped the data in claim c",
		});
	});
});
