import type { Command } from "commander";
import { addLabFaultCommands } from "./lab-fault-commands.ts";
import type { MakeContext } from "./program.ts";

const NAME = ["--name <name>", 'which lab; default: "lab"'] as const;

/** `quorate lab …`: a Kubernetes of its own on this machine, for trying and rehearsing. */
export function addLabCommands(program: Command, context: MakeContext): void {
	const group = program
		.command("lab")
		.summary("run a small Kubernetes with real etcd on this machine")
		.description("A small Kubernetes on this machine whose pods are real etcd processes, to try things in.");
	addUp(group, context);
	const down = group
		.command("down")
		.description("End a lab; nothing of it is left.")
		.option(...NAME);
	down.action(async (flags) => (await import("./commands/lab.ts")).labDown(context(down), flags));
	const status = group
		.command("status")
		.description("Show a lab, its nodes and pods.")
		.option(...NAME);
	status.action(async (flags) => (await import("./commands/lab.ts")).labStatus(context(status), flags));
	const list = group.command("list").description("List the labs of this user.");
	list.action(async () => (await import("./commands/lab.ts")).labList(context(list)));
	const kubeconfig = group
		.command("kubeconfig")
		.description("Print the name of a lab's kubeconfig, as in: export KUBECONFIG=$(quorate lab kubeconfig)")
		.option(...NAME)
		.option("--raw", "print what is in the file instead");
	kubeconfig.action(async (flags) => (await import("./commands/lab.ts")).labKubeconfig(context(kubeconfig), flags));
	const versions = group
		.command("versions")
		.description("List the versions of etcd that a lab can run here.")
		.option("--etcd <folder>", "a folder with etcd and etcdctl to look into first");
	versions.action(async (flags) => (await import("./commands/lab.ts")).labVersions(context(versions), flags));
	addLabFaultCommands(group, context);
}

function addUp(group: Command, context: MakeContext): void {
	const command = group
		.command("up")
		.description("Bring up a lab with the cluster of the guide: Mayastor's etcd, with a keyspace like Mayastor's.")
		.option("--name <name>", 'several labs may be up at once; default: "lab"')
		.option("--members <number>", "of etcd; default: 3")
		.option("--nodes <number>", "of the Kubernetes; default: 5, or as many as members")
		.option("--etcd-version <version>", "as in 3.5.9, or 3.5; default: the first at hand (see lab versions)")
		.option("--image <name>", "of the members, as in bitnami/etcd:3.5.6-debian-11-r10; default: plain etcd")
		.option("--real-probes", "Readiness is looked at when its probe is due, not as soon as it passes")
		.option("--crosswise-volumes", "each volume is bound to another member's claim than its number says")
		.option("--stop-hook", "a pod that ends takes its member out of the cluster, as Bitnami's chart has it by default")
		.option("--etcd <folder>", "a folder with etcd and etcdctl; default: QUORATE_ETCD, PATH, the cache, the network")
		.option("--volumes <number>", "of Mayastor, in the keyspace; default: 200")
		.option("--empty", "no keys, and nobody who writes any")
		.option("--tls", "etcd speaks TLS, with certificates of a CA of its own")
		.option("--client-cert-auth", "etcd takes only clients that have a certificate; means --tls")
		.option("--tls-names <which>", "pods that the certificates cover: wildcard, or exact: those it begins with")
		.option("--auth", "etcd's auth is on, with the user root")
		.option("--port <number>", "of the API server on 127.0.0.1; default: any that is free")
		.option("--offline", "fetch nothing")
		.option("--no-wait", "do not wait until the members are Ready")
		.option("--timeout <time>", "longest time to come up, fetching aside; default: 2m");
	command.action(async (flags) => (await import("./commands/lab-up.ts")).labUp(context(command), flags));
}
