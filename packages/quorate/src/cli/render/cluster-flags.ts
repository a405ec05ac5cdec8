import { resolve } from "node:path";
import { word } from "../../shell-word.ts";
import type { EtcdFlags } from "../options/etcd-access.ts";
import type { Globals } from "../options/globals.ts";

/** The flags that lead a command to the same cluster, each with a space before it; quorate's with those for etcd itself. */
export function clusterFlags(
	{ kubeconfig, context }: Globals,
	namespace: string,
	etcd: EtcdFlags,
): { kubectl: string; quorate: string } {
	const flags = [
		...(kubeconfig === undefined ? [] : [` --kubeconfig ${word(resolve(kubeconfig))}`]),
		...(context === undefined ? [] : [` --context ${word(context)}`]),
		` -n ${word(namespace)}`,
	].join("");
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
	return { kubectl: flags, quorate: [flags, ...given, ...unverified].join("") };
}
