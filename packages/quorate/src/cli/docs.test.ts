import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { ERRORS, EXIT } from "../errors.ts";
import { buildProgram } from "./program.ts";
import { memoryTerminal } from "./testing/memory-terminal.ts";

const EXITS: Readonly<Record<number, string>> = {
	[EXIT.failed]: "failed",
	[EXIT.usage]: "the command line cannot be carried out as it is",
	[EXIT.refused]: "refused by a check; nothing was changed",
	[EXIT.resumable]: "stopped half-way; the same command goes on",
};

/** `npx vitest run packages/quorate/src/cli/docs.test.ts --update` writes the page anew. */
it("docs/errors.md lists every error", async () => {
	const sections = Object.entries(EXITS).map(([exit, title]) => {
		const rows = Object.entries(ERRORS).filter(([, error]) => error.exit === Number(exit));
		const lines = rows.map(([code, { means }]) => `| \`${code}\` | ${means} |`);
		return `## Exit code ${exit}: ${title}\n\n| code | means |\n|---|---|\n${lines.join("\n")}\n`;
	});
	const page = `# Errors

Every failure has a code that stays the same, and says what was being done, what went wrong, what state things are in and what to do
next. On a terminal:

    error: statefulsets.apps "etcd" not found in namespace mayastor
    while: looking at StatefulSet mayastor/etcd
    state: nothing was changed
    next:  see what is there: kubectl get statefulsets -n mayastor

If \`plan\`, \`check\`, \`scale\` or \`rollout\` has just shown the reason on the same terminal (or in the same file, with \`2>&1\`), the error only
names it: \`refused: nodes-enough (see above)\`. Otherwise it is complete.

With \`-o json\` the same is one line of JSON, the last on stderr (see [json.md](json.md)). As a library every failure is a
\`QuorateError\` with \`code\`, \`operation\`, \`message\`, \`state\`, \`hint\` and \`exitCode\`.

Exit code 0 is success; 130 and 143 are a second Ctrl-C or SIGTERM, which ends the command at once. A scaling that was ended in any
way goes on when the same command is run again.

${sections.join("\n")}`;
	await expect(page).toMatchFileSnapshot("../../../../docs/errors.md");
});

const page = (name: string): Promise<string> => readFile(new URL(`../../../../${name}`, import.meta.url), "utf8");

it("docs/rollouts.md, which the README names, explains each flag of a roll-out", async () => {
	const command = buildProgram("quorate", memoryTerminal()).commands.find((one) => one.name() === "rollout");
	const own = command?.options.filter(({ helpGroupHeading }) => helpGroupHeading === undefined) ?? [];
	expect(own.length).toBeGreaterThan(4);
	const text = await page("docs/rollouts.md");
	for (const { long } of own) expect(text).toContain(String(long));
	expect(await page("README.md")).toContain("(docs/rollouts.md)");
});

it("the README says that tests are skipped, and what runs them", async () => {
	const text = await page("README.md");
	expect(text).toMatch(/`npm test`[^#]*skipped/);
	for (const variable of ["QUORATE_ETCD", "QUORATE_HELM", "QUORATE_HELM4"]) expect(text).toContain(`\`${variable}\``);
});
