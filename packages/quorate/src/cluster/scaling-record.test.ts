import { expect, it } from "vitest";
import { followTemplate, formatRecord, parseRecord, type ScalingRecord } from "./scaling-record.ts";

const before: ScalingRecord = {
	version: 1,
	from: 3,
	startedAt: "2026-11-21T10:00:00Z",
	template: { spec: { containers: [] } },
	updateStrategy: {},
	snapshot: { file: "/x.db", revision: "998", sha256: "ab", takenAt: "2026-11-21T10:00:01Z" },
};

it("reads what an older Quorate wrote, which knew of no goal", () => {
	expect(parseRecord(formatRecord(before), "StatefulSet a/b")).toEqual(before);
});

it("reads the goal with every flag that was agreed to", () => {
	const goal = {
		replicas: 5,
		snapshot: false,
		keepVolumes: true,
		discardVolumes: true,
		rollOut: "template" as const,
		volumes: { nodes: ["a"], path: "/x/{ordinal}" },
		force: true,
		takesBack: true,
	};
	expect(parseRecord(formatRecord({ ...before, goal }), "StatefulSet a/b")).toEqual({ ...before, goal });
});

it.each([{ replicas: 5 }, { replicas: "5", snapshot: true }, { replicas: 5, snapshot: true, rollOut: "all" }])(
	"refuses a goal that is none: %j",
	(goal) => {
		const annotation = JSON.stringify({ ...before, goal });
		expect(() => parseRecord(annotation, "StatefulSet a/b")).toThrow(expect.objectContaining({ code: "Refused" }));
	},
);

it("follows a template that was corrected during a roll-out, and in no other run", () => {
	const corrected = { spec: { containers: [{ name: "etcd", image: "etcd:3.5.9" }] } };
	const rolling: ScalingRecord = { ...before, rolling: "forth", unnamed: before.template };
	expect(followTemplate(rolling, corrected)).toEqual({ ...before, rolling: "forth", template: corrected });
	expect(followTemplate(rolling, before.template)).toBe(rolling);
	expect(followTemplate(before, corrected)).toBe(before);
	const joining = { ...rolling, joining: 3 };
	expect(followTemplate(joining, corrected)).toBe(joining);
});
