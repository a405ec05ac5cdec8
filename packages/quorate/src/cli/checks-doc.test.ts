import { expect, it } from "vitest";
import { allChecks, CHECK_GROUPS } from "../checks/index.ts";

/** `npx vitest run packages/quorate/src/cli/checks-doc.test.ts --update` writes the page anew. */
it("docs/checks.md lists every check", async () => {
	const sections = Object.entries(CHECK_GROUPS).map(([group, title]) => {
		const rows = allChecks().filter((check) => check.group === group);
		const lines = rows.map(
			({ id, before, refuses, passes, why, todo }) =>
				`| \`${id}\`${before ? "" : " ¹"}${refuses ? "" : " ²"} | ${passes} | ${why} | ${todo} |`,
		);
		return `## ${title}\n\n| id | passes where | why it matters | what to do |\n|---|---|---|---|\n${lines.join("\n")}\n`;
	});
	const page = `# Checks

    quorate check [sts/NAME] -n NAMESPACE [--replicas N] [--strict] [-o json|yaml]

looks at everything that could stand in the way, and changes nothing. Without \`--replicas\` the cluster is judged as it is; with it, for
going to that many members, step by step. Each check passes, warns, fails or is skipped; one is skipped where what it needs cannot be
seen (no right, no metrics, no Mayastor), and says why. What was found may have a reason and a remedy of its own, which are then told
instead of those below.

The exit code is 3 where a check fails, with \`--strict\` also where one warns; 0 otherwise. The ids are stable; the JSON is in
[json.md](json.md). \`quorate plan\` and \`quorate scale\` make the same checks, save for those marked with ¹, which take longer or are no matter
of a scaling; \`scale\` refuses to begin where one fails. Those marked with ² warn at most.

${sections.join("\n")}`;
	await expect(page).toMatchFileSnapshot("../../../../docs/checks.md");
});

it("every check has an id of its own", () => {
	const ids = allChecks().map(({ id }) => id);
	expect(new Set(ids).size).toBe(ids.length);
});
