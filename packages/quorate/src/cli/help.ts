import { type Command, Help, type HelpConfiguration, type Option } from "commander";

/** Headings in a command's help, besides "Options:" for its own. */
export const GLOBAL_GROUP = "Global options:";
export const ETCD_GROUP = "Access to etcd (found in the pods' template and Secrets if not given):";

/** Puts the options that `add` adds under that heading. */
export function underHeading(heading: string, command: Command, add: (command: Command) => Command): Command {
	const before = command.options.length;
	add(command);
	for (const option of command.options.slice(before)) option.helpGroup(heading);
	return command;
}

/** A command's own options first, then those of all commands, and last what few ever need. */
export const HELP: HelpConfiguration = {
	visibleOptions: (command) => {
		const own = new Help().visibleOptions(command);
		const isEtcd = (option: Option) => option.helpGroupHeading === ETCD_GROUP;
		return [...own.filter((option) => !isEtcd(option)), ...globalOptions(command), ...own.filter(isEtcd)];
	},
	groupItems: (_all, visible, groupOf) => {
		const groups = new Map<string, typeof visible>();
		for (const item of visible) groups.set(groupOf(item), [...(groups.get(groupOf(item)) ?? []), item]);
		return groups;
	},
};

function globalOptions(command: Command): Option[] {
	let root = command;
	while (root.parent) root = root.parent;
	if (root === command) return [];
	return root.options.filter(({ hidden, helpGroupHeading }) => !hidden && helpGroupHeading === GLOBAL_GROUP);
}
