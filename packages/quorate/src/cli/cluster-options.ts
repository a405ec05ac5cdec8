import type { Command } from "commander";

export const TARGET = "[sts/NAME]";
export const WHICH = "the StatefulSet, as kubectl names it; default: the only one in the namespace that runs etcd";

/** etcdctl's names, as far as it has any. */
export function etcdOptions(command: Command): Command {
	return command
		.option("-c, --container <name>", "the container that runs etcd; default: the one that starts it")
		.option("--cacert <file>", "etcd's certificate authority; default: the one in the pods' Secrets")
		.option("--cert <file>", "client certificate for etcd; default: one in the pods' Secrets, where etcd wants any")
		.option("--key <file>", "its key")
		.option("--server-name <name>", "name that all members' certificates cover; default: each pod's own")
		.option("--insecure-skip-tls-verify", "do not verify the members' certificates")
		.option(
			"--user <name>",
			"etcd's user; asks for the password. Default: root, where its password is in a pod's Secret",
		)
		.option("--password-file <file>", "holds the password of --user")
		.option("--user-secret <name>", "Secret with etcd's user: keys username and password");
}
