import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { runbookText } from "./runbook-text.ts";
import { styleFor } from "./style.ts";

const style = styleFor(
	{ isTTY: false, columns: undefined, write: () => {}, eraseLine: () => {}, writeBytes: async () => {} },
	{},
);

it("a runbook that is run as a whole does nothing, and its last step is a comment", () => {
	const view = { statefulSet: { namespace: "ns", name: "etcd" }, etcd: { members: [] }, pods: [] };
	const steps = [
		{ title: "First", why: "Why.", commands: ["echo done-first"] },
		{ title: "Days later", why: "Why.", commands: ["echo done-later"], later: true },
	];
	const info = { path: "etcd.db", keys: 1, revision: 1n, size: 1 };
	const text = runbookText(view as never, info as never, { pods: [], warnings: [] } as never, steps as never, style);
	const page = text.join("\n");
	expect(text).toContain("echo done-first");
	expect(text).toContain("# echo done-later");
	for (const args of [["-c", page], ["-s"]]) {
		const { status, stdout } = spawnSync("sh", args, { input: page, encoding: "utf8" });
		expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
	}
});
