import type { GuideStep } from "./steps.ts";

/** What the tabs of one group hold, by their titles. */
type Tabs = Map<string, string>;

/** The commands of the guide's Markdown, in order, with what they print. A line `#…` below a command is typed into its shell. */
export function readGuide(markdown: string): GuideStep[] {
	return [...markdown.matchAll(/\{% tabs %\}(.*?)\{% endtabs %\}/gs)].map(([, group = ""]) => stepOf(tabsOf(group)));
}

function tabsOf(group: string): Tabs {
	const tabs = group.matchAll(/\{% tab title="([^"]+)" %\}\s*```text *\n(.*?)\n```\s*\{% endtab %\}/gs);
	return new Map([...tabs].map(([, title = "", text = ""]) => [title, text]));
}

function stepOf(tabs: Tabs): GuideStep {
	const yaml = tabs.get("YAML");
	// Where a file is shown, its command stands before what it prints.
	const text = yaml === undefined ? tabs.get("Command") : tabs.get("Output");
	if (text === undefined) throw new Error(`tabs without a command: ${[...tabs.keys()].join(", ")}`);
	const [first = "", ...rest] = text.split("\n");
	const command = first.trim();
	if (yaml !== undefined) {
		const name = / -f (\S+)/.exec(command)?.[1];
		if (name === undefined) throw new Error(`no file is named in: ${command}`);
		return { command, output: rest.join("\n"), file: { name, text: yaml } };
	}
	const output = tabs.get("Output");
	return {
		command,
		...(output === undefined ? {} : { output }),
		...(rest.length > 0 ? { typed: rest.map((line) => line.replace(/^#/, "")) } : {}),
	};
}
