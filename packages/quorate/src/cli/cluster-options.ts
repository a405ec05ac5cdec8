import type { Command } from "commander";
import { ETCD_GROUP, underHeading } from "./help.ts";

export const TARGET = "[sts/NAME]";
export const WHICH = "a StatefulSet; default: the one that runs etcd";

/** etcdctl's names, as far as it has any. */
export const etcdOptions = (command: Command): Command =>
	underHeading(ETCD_GROUP, command, () =>
		command
			.option("--cacert <file>", "certificate authority of etcd")
			.option("--cert <file>", "client certificate")
			.option("--key <file>", "its key")
			.option("--server-name <name>", "name in the certificates; default: each pod's own")
			.option("--insecure-skip-tls-verify", "do not verify the members' certificates")
			.option("--user <name>", "user of etcd; asks for the password")
			.option("--password-file <file>", "holds the password of --user")
			.option("--user-secret <name>", "Secret with the keys username and password")
			.option("-c, --container <name>", "container that runs etcd"),
	);
