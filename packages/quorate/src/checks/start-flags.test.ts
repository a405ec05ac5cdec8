import { describe, expect, it } from "vitest";
import { healthyView } from "../scaling/testing/views.ts";
import { startFlags } from "./start-flags.ts";
import { inputOf, withSet } from "./testing/input.ts";

const grow = { goal: { replicas: 5, snapshot: true } };

function judged(flags: readonly string[], more: Parameters<typeof inputOf>[0] = grow) {
	const view = healthyView();
	const template = structuredClone(view.statefulSet.template);
	Object.assign(template.spec?.containers[0] ?? {}, { args: flags });
	return startFlags(inputOf({ ...more, view: withSet({ template }, view) }));
}

describe("flags that must not be there", () => {
	it.each([["--force-new-cluster"], ["--force-new-cluster=true"], ["--initial-cluster-state=exisitng"]])(
		"%s, quoted",
		(flag) => {
			expect(judged([flag])).toMatchObject({ status: "fail", saw: `the template sets \`${flag}\`` });
			expect(judged([flag], { goal: { replicas: 3, snapshot: true, rollOut: "template" } }).status).toBe("fail");
			expect(judged([flag], {}).status, "a member that leaves does not start").toBe("warn");
		},
	);
	it.each([["--unsafe-no-fsync"], ["--strict-reconfig-check=false"]])("%s is the user's own risk", (flag) =>
		expect(judged([flag])).toMatchObject({ status: "warn", saw: `the template sets \`${flag}\`` }),
	);
	it.each([["--force-new-cluster=false"], ["--initial-cluster-state=existing"]])("not %s", (flag) =>
		expect(judged([flag])).toMatchObject({ status: "pass" }),
	);
	it("nor by variable", () => {
		const view = healthyView();
		const template = structuredClone(view.statefulSet.template);
		template.spec?.containers[0]?.env?.push({ name: "ETCD_FORCE_NEW_CLUSTER", value: "true" });
		expect(startFlags(inputOf({ ...grow, view: withSet({ template }, view) }))).toMatchObject({
			status: "fail",
			saw: "the template sets `ETCD_FORCE_NEW_CLUSTER=true`",
		});
	});
});
