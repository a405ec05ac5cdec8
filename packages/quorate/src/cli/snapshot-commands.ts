import type { Command } from "commander";
import { etcdOptions, TARGET, WHICH } from "./cluster-options.ts";
import type { MakeContext } from "./program.ts";

const FILE = ["<file>", "a snapshot: etcd's, whoever saved it"] as const;

/** `quorate snapshot …`: save a snapshot, look at it, rehearse with it. */
export function addSnapshotCommands(program: Command, context: MakeContext): void {
	const group = program
		.command("snapshot")
		.summary("save, verify, inspect and restore snapshots of etcd")
		.description("Save a snapshot of etcd, verify it, look at what it holds, and restore it.");
	addSave(group, context);
	const verify = group
		.command("verify")
		.summary("check a snapshot file whole, and tell what it holds")
		.description("Check a snapshot file: its checksum, every page, every key; and tell what it holds by prefix.")
		.argument(...FILE)
		.usage("FILE [flags]");
	verify.action(async (file) => (await import("./commands/snapshot-read.ts")).snapshotVerify(context(verify), file));
	const inspect = group
		.command("inspect")
		.summary("look at the keys in a snapshot file")
		.description("Look at the keys in a snapshot file, in their order, with their values; verifies it first.")
		.argument(...FILE)
		.usage("FILE [flags]")
		.option("--prefix <text>", "only keys that begin so")
		.option("--limit <number>", "how many keys; default: 50")
		.option("--keys-only", "no values");
	inspect.action(async (file, flags) =>
		(await import("./commands/snapshot-read.ts")).snapshotInspect(context(inspect), file, flags),
	);
	addRestore(group, context);
}

function addSave(group: Command, context: MakeContext): void {
	const command = group
		.command("save")
		.summary("save a snapshot of a caught-up member, and verify it")
		.description("Save a snapshot of a caught-up member, and verify it; never overwrites a file.")
		.argument("<file>", "the file that is to be written; - is stdout, once the snapshot is whole and verified")
		.argument("[sts/NAME...]", WHICH)
		.usage(`FILE ${TARGET} [flags]`)
		.option("--pod <name>", "take it from this pod's member, even without quorum");
	etcdOptions(command);
	command.action(async (file, words, flags) =>
		(await import("./commands/snapshot-save.ts")).snapshotSave(context(command), file, words, flags),
	);
}

function addRestore(group: Command, context: MakeContext): void {
	const command = group
		.command("restore")
		.summary("bring a snapshot up in a lab, or print how to restore a cluster from it")
		.description(
			"Bring a snapshot up in a lab, to look and to rehearse; or print, step by step, how to restore a cluster from it. Changes no cluster.",
		)
		.argument(...FILE)
		.argument("[sts/NAME...]", WHICH)
		.usage("FILE --to lab[/NAME] [flags]\n       quorate snapshot restore FILE [sts/NAME] --runbook [flags]")
		.option("--to <lab>", "lab or lab/NAME: bring up a lab whose etcd starts from the snapshot")
		.option("--runbook", "print what to do where a cluster has lost quorum for good, with its real names")
		.option("--members <number>", "of etcd; default: as many as the snapshot, or the StatefulSet, has")
		.option("--etcd-version <version>", "--to: as in 3.5.9, or 3.5; default: the snapshot's own minor version")
		.option("--image <name>", "--to: of the members; --runbook: the one that has etcdutl; default: the cluster's")
		.option("--shell-image <name>", "--runbook: one that has sh, cat and mv; default: the cluster's, or busybox")
		.option("--etcd <folder>", "--to: a folder with etcd, etcdctl and etcdutl")
		.option("--offline", "--to: fetch nothing");
	etcdOptions(command);
	command.action(async (file, words, flags) =>
		(await import("./commands/snapshot-restore.ts")).snapshotRestore(context(command), file, words, flags),
	);
}
