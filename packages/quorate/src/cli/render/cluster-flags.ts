import { resolve } from "node:path";
import { word } from "../../shell-word.ts";
import type { CommandContext } from "../command-context.ts";
import type { Reach } from "../complete-commands.ts";
import type { EtcdFlags } from "../options/etcd-access.ts";
import type { Globals } from "../options/globals.ts";

/** The flags that lead a command to the same cluster, each with a space before it; quorate's with those for etcd itself. */
export function clusterFlags(
	globals: Globals,
	namespace: string,
	etcd: EtcdFlags,
): { kubectl: string; quorate: string } {
	const flags = `${serverFlags(globals)} -n ${word(namespace)}`;
	return { kubectl: flags, quorate: flags + etcdFlags(etcd) };
}

/** For commands that name their namespace by themselves, and for those that do not. */
export function reachOf({ globals, name }: CommandContext, etcd: EtcdFlags): Reach {
	const server = serverFlags(globals);
	const namespace = globals.namespace === undefined ? "" : ` -n ${word(globals.namespace)}`;
	return { name, kubectl: server, quorate: server + etcdFlags(etcd), namespace };
}

const serverFlags = ({ kubeconfig, context }: Pick<Globals, "kubeconfig" | "context">): string =>
	[
		...(kubeconfig === undefined ? [] : [` --kubeconfig ${word(resolve(kubeconfig))}`]),
		...(context === undefined ? [] : [` --context ${word(context)}`]),
	].join("");

function etcdFlags(etcd: EtcdFlags): string {
	const files = { cacert: etcd.cacert, cert: etcd.cert, key: etcd.key, "password-file": etcd.passwordFile };
	const names = {
		container: etcd.container,
		"server-name": etcd.serverName,
		user: etcd.user,
		"user-secret": etcd.userSecret,
	};
	const given = Object.entries({ ...files, ...names }).flatMap(([name, value]) =>
		value === undefined ? [] : [` --${name} ${word(name in files ? resolve(value) : value)}`],
	);
	const unverified = etcd.insecureSkipTlsVerify ? [" --insecure-skip-tls-verify"] : [];
	return [...given, ...unverified].join("");
}
