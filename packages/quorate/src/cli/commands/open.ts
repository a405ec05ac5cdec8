import { type Cluster, openCluster } from "../../cluster-session.ts";
import type { CommandContext } from "../command-context.ts";
import { type EtcdFlags, readEtcdTls } from "../options/etcd-access.ts";
import { parseTarget } from "../options/target.ts";
import { requestLine } from "../render/request-line.ts";

/** Opens the cluster that the command line means, hands it over, and closes it whatever happens. */
export async function withCluster<T>(
	{ globals, terminal }: CommandContext,
	words: readonly string[],
	flags: EtcdFlags,
	use: (cluster: Cluster) => Promise<T>,
	signal?: AbortSignal,
): Promise<T> {
	const name = parseTarget(words);
	const tls = await readEtcdTls(flags);
	const { kubeconfig, context, namespace, requestTimeoutMs, verbosity } = globals;
	const cluster = await openCluster(
		{
			...(kubeconfig === undefined ? {} : { kubeconfig }),
			...(context === undefined ? {} : { context }),
			...(namespace === undefined ? {} : { namespace }),
			...(name === undefined ? {} : { name }),
			...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
			...(tls ? { etcd: { tls } } : {}),
			...(verbosity >= 6 ? { onRequest: (request) => terminal.stderr.write(`${requestLine(request)}\n`) } : {}),
		},
		signal ? { signal } : {},
	);
	try {
		return await use(cluster);
	} finally {
		cluster.close();
	}
}
