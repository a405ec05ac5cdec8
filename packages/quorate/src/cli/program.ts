import { Command, Option } from "commander";
import { etcdOptions, TARGET, WHICH } from "./cluster-options.ts";
import type { CommandContext } from "./command-context.ts";
import { GLOBAL_GROUP, HELP, underHeading } from "./help.ts";
import { addLabCommands } from "./lab-commands.ts";
import { parseGlobals, type RawGlobals } from "./options/globals.ts";
import { addSnapshotCommands } from "./snapshot-commands.ts";
import type { Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

export type MakeContext = (command: Command) => CommandContext;

/**
 * All commands and their flags. Only what parses the command line is loaded here: what carries a command out is loaded when it
 * is called, so that --help is there at once.
 */
export function buildProgram(name: string, terminal: Terminal): Command {
	const context: MakeContext = (command) => ({
		terminal,
		globals: parseGlobals(command.optsWithGlobals<RawGlobals>()),
		name,
	});
	const program = new Command(name)
		.description("Scales etcd that runs as a Kubernetes StatefulSet, without losing quorum, a key, or a write.")
		.version(`${name} v${VERSION}`, "--version", "print the version")
		.helpOption("-h, --help", "print this help")
		.helpCommand("help [command]", "print the help of a command")
		.configureHelp(HELP);
	addGlobalOptions(program);
	addStatus(program, context);
	addCheck(program, context);
	addPlan(program, context);
	addScale(program, context);
	addRollout(program, context);
	addAbort(program, context);
	addValidate(program, context);
	addSnapshotCommands(program, context);
	addLabCommands(program, context);
	addOthers(program, context);
	return withExamples(program, name);
}

function addGlobalOptions(program: Command): void {
	underHeading(GLOBAL_GROUP, program, () =>
		program
			.option("-n, --namespace <name>", "namespace of the cluster; default: the context's")
			.option("-o, --output <format>", "table, wide, json or yaml; default: table")
			.option("--context <name>", "context of the kubeconfig; default: the current")
			.option("--kubeconfig <file>", "default: KUBECONFIG, ~/.kube/config, in-cluster")
			.option("--request-timeout <time>", "of one API request; 0: no limit; default: 30s")
			.option("-v, --v <level>", "6: show each request on stderr; 9: stack traces")
			.option("--no-color", "no colours; NO_COLOR does the same"),
	);
}

function addStatus(program: Command, context: MakeContext): void {
	const command = program
		.command("status")
		.summary("show the cluster, its members and pods")
		.description("Show the cluster, its members and pods; changes nothing.");
	etcdOptions(command.argument("[sts/NAME...]", WHICH).usage(`${TARGET} [flags]`)).option(
		"-A, --all-namespaces",
		"every StatefulSet that runs etcd, a line each",
	);
	command.action(async (words, { allNamespaces, ...flags }) =>
		allNamespaces
			? (await import("./commands/status-all.ts")).statusAll(context(command), words, flags)
			: (await import("./commands/status.ts")).status(context(command), words, flags),
	);
}

function addCheck(program: Command, context: MakeContext): void {
	const command = program
		.command("check")
		.summary("check everything that could stand in the way")
		.description("Check the cluster as it is, or with --replicas for a scaling; changes nothing.")
		.argument("[sts/NAME...]", WHICH)
		.usage(`${TARGET} [flags]`)
		.option("--replicas <number>", "for this many members; default: as it is now")
		.option("--strict", "warnings count as failures");
	etcdOptions(wayOptions(command));
	command.action(async (words, flags) => (await import("./commands/check.ts")).check(context(command), words, flags));
}

/** What makes a size, and the way to it, allowed or not. */
function wayOptions(command: Command): Command {
	return placeOptions(
		command
			.option("--force", "go beyond 7 members, or down to one")
			.option("--keep-volumes", "going down: leave claims and volumes of members that leave")
			.option("--discard-volumes", "empty and delete claims left at ordinals without a member, with their volumes"),
	);
}

const placeOptions = (command: Command): Command =>
	command
		.option("--volume-node <nodes>", "static volumes: a,b,c: nodes for the new members, in order; default: chosen")
		.option("--volume-path <path>", "static volumes: folder with {ordinal} in it; default: as the present ones");

function goalOptions(command: Command): Command {
	command
		.argument("[sts/NAME...]", WHICH)
		.usage(`${TARGET} --replicas N [flags]`)
		.option("--replicas <number>", "desired number of members")
		.option("--current-replicas <number>", "refuse unless the StatefulSet has that many replicas now")
		.option(
			"--snapshot <file>",
			"where the snapshot goes that is taken first, or none; default: in the working folder",
		);
	return wayOptions(acceptOption(command));
}

/** After a restore, say. */
const acceptOption = (command: Command): Command =>
	command.option("--accept-history", "the data is meant, though an earlier run recorded another cluster or more of it");

function addPlan(program: Command, context: MakeContext): void {
	const command = program
		.command("plan")
		.summary("show the checks and every step of a scaling")
		.description("Show the checks and every step of a scaling; changes nothing.");
	etcdOptions(goalOptions(command))
		.option("--persist-initial-cluster", `${PERSIST}; restarts the pods, one at a time`)
		.addOption(new Option("--dry-run [=kind]").hideHelp());
	command.action(async (words, flags) => (await import("./commands/plan.ts")).plan(context(command), words, flags));
}

function addScale(program: Command, context: MakeContext): void {
	const command = program
		.command("scale")
		.summary("bring the cluster to another number of members")
		.description(
			"Bring the cluster to another number of members, one safe step at a time; resumes what was interrupted.",
		);
	runOptions(goalOptions(command))
		.option("--persist-initial-cluster", `${PERSIST}; restarts the pods, one at a time`)
		.option("--abort", "take back a scaling that is unfinished, as quorate abort does");
	etcdOptions(command);
	command.action(async (words, flags) => (await import("./commands/scale.ts")).scale(context(command), words, flags));
}

/** What changes something can be looked at first, agreed to, and limited. */
const runOptions = (command: Command): Command =>
	command
		.addOption(new Option("--dry-run [=kind]", "show the plan and change nothing (client and server mean the same)"))
		.option("-y, --yes", "do not ask for confirmation; needed where there is no terminal")
		.option("--timeout <time>", "of the whole run: 10m, 1h; then it stops between two changes; default: none");

const PERSIST = "name all members in the pod template, so that a pod whose volume is lost finds the cluster";

function addRollout(program: Command, context: MakeContext): void {
	const command = program
		.command("rollout")
		.summary("bring the members' pods onto the newest template, one at a time")
		.description(
			"Bring the members' pods onto the newest template, one at a time: each once all members are healthy, and the leader only after it has moved leadership.",
		)
		.argument("[sts/NAME...]", WHICH)
		.usage(`${TARGET} [flags]`)
		.option("--persist-initial-cluster", PERSIST)
		.option("--snapshot <file>", 'snapshot file, or "none"; default: NAMESPACE-NAME-TIME.db in the working folder');
	etcdOptions(runOptions(acceptOption(command)));
	command.action(async (words, flags) =>
		(await import("./commands/scale.ts")).scale(context(command), words, { ...flags, rollOut: true }),
	);
}

function addAbort(program: Command, context: MakeContext): void {
	const command = program
		.command("abort")
		.summary("take back a scaling that is unfinished")
		.description(
			"Take back a scaling that is unfinished: members, pods, volumes and the StatefulSet as they were before it.",
		)
		.argument("[sts/NAME...]", WHICH)
		.usage(`${TARGET} [flags]`)
		.option("--keep-volumes", "leave claims and volumes of members that leave");
	etcdOptions(runOptions(acceptOption(placeOptions(command))));
	command.action(async (words, flags) =>
		(await import("./commands/scale.ts")).scale(context(command), words, { ...flags, abort: true }),
	);
}

function addValidate(program: Command, context: MakeContext): void {
	const command = program
		.command("validate")
		.summary("verify that all members hold the same keys, and that none was lost")
		.description(
			"Verify that all members hold the same keys, and that they follow from what was recorded before; changes nothing.",
		);
	command
		.argument("[sts/NAME...]", WHICH)
		.usage(`${TARGET} [flags]`)
		.option(
			"--values",
			"compare every value byte for byte, even where the members' hashes, which cover them, are equal",
		)
		.option("--snapshot <file>", "a snapshot of the same cluster: no key of it may be gone without a reason")
		.option("--accept-history", "record what is there now, whatever earlier runs recorded (after a restore)");
	etcdOptions(command);
	command.action(async (words, flags) =>
		(await import("./commands/validate.ts")).validate(context(command), words, flags),
	);
}

function addOthers(program: Command, context: MakeContext): void {
	const rbac = program
		.command("rbac")
		.summary("print the least rights that quorate needs")
		.description("Print a service account with the least rights that quorate needs, for kubectl apply -f -.")
		.argument("<look|scale>", "look: status, plan, validate, snapshot save; scale: these, and scale and abort")
		.option("--service-account <name>", "name of the account and of its roles", "quorate")
		.option("--secret <names>", "a,b: Secrets that etcd is spoken to with; needed where it wants TLS or users")
		.option("--provisioned", "scale: a provisioner makes the volumes; leave out what only static volumes need");
	rbac.action(async (purpose, flags) => (await import("./commands/rbac.ts")).rbac(context(rbac), purpose, flags));
	const completion = program
		.command("completion")
		.summary("print a completion script for the shell")
		.description("Print what makes the shell complete this command.")
		.argument("<shell>", "bash, zsh or fish");
	completion.action(async (shell) => (await import("./completion/scripts.ts")).completion(context(completion), shell));
	const version = program
		.command("version")
		.summary("print the version, and the API server's")
		.description("Print the version, and that of the API server.")
		.option("--client", "only the version of this command");
	version.action(async (flags) => (await import("./commands/version.ts")).version(context(version), flags));
}

const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
	"": [
		"status -n mayastor",
		"plan sts/mayastor-etcd -n mayastor --replicas 5",
		"scale sts/mayastor-etcd -n mayastor --replicas 5",
		"lab up",
	],
	status: [
		"status -n mayastor",
		"status sts/mayastor-etcd -n mayastor -o wide",
		"status -n mayastor -o json",
		"status -A",
	],
	check: [
		"check -n mayastor",
		"check sts/mayastor-etcd -n mayastor --replicas 5 --strict",
		"check -n mayastor -o json",
	],
	plan: ["plan sts/mayastor-etcd -n mayastor --replicas 5", "plan -n mayastor --replicas 5 -o yaml"],
	scale: [
		"scale sts/mayastor-etcd -n mayastor --replicas 5",
		"scale -n mayastor --replicas 5 --dry-run",
		"scale -n mayastor --replicas 5 --yes --snapshot before.db --timeout 30m",
	],
	rollout: ["rollout -n mayastor", "rollout sts/mayastor-etcd -n mayastor --persist-initial-cluster"],
	validate: ["validate -n mayastor", "validate sts/mayastor-etcd -n mayastor -o json"],
	rbac: [
		"rbac scale -n mayastor | kubectl apply -f -",
		"rbac look -n mayastor --secret mayastor-etcd-certs,mayastor-etcd-root",
	],
	"snapshot save": ["snapshot save backup.db -n mayastor", "snapshot save last.db -n mayastor --pod mayastor-etcd-0"],
	"snapshot verify": ["snapshot verify backup.db", "snapshot verify backup.db -o json"],
	"snapshot inspect": [
		"snapshot inspect backup.db --keys-only",
		"snapshot inspect backup.db --prefix /openebs.io/mayastor --limit 500 -o json",
	],
	"snapshot restore": [
		"snapshot restore backup.db --to lab/rehearsal",
		"snapshot restore backup.db sts/mayastor-etcd -n mayastor --runbook",
	],
	completion: ["completion bash > /etc/bash_completion.d/quorate"],
	"lab up": ["lab up", "lab up --members 5 --etcd-version 3.6", "lab up --name second --empty"],
	"lab kubeconfig": ["lab kubeconfig --name second"],
	"lab node stop": ["lab node stop worker-1", "lab node stop 1 2"],
	"lab cut": ["lab cut mayastor-etcd-0", "lab cut mayastor-etcd-0 --from mayastor-etcd-1 mayastor-etcd-2"],
	"lab slow": ["lab slow mayastor-etcd-0 --ms 100"],
	"lab kill": ["lab kill mayastor-etcd-0", "lab kill mayastor-etcd-0 --signal TERM"],
	"lab fill": ["lab fill mayastor-etcd-0", "lab fill mayastor-etcd-0 --disk"],
};

function withExamples(program: Command, name: string): Command {
	const add = (command: Command, path: string) => {
		const examples = EXAMPLES[path];
		if (examples)
			command.addHelpText("after", `\nExamples:\n${examples.map((line) => `  ${name} ${line}`).join("\n")}`);
		for (const child of command.commands) add(child, path === "" ? child.name() : `${path} ${child.name()}`);
	};
	add(program, "");
	return program;
}
