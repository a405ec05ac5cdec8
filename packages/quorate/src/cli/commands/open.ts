import { HistoryStore, historyFolder } from "../../cluster/history-store.ts";
import { type Cluster, openCluster } from "../../cluster-session.ts";
import { askSecret } from "../ask-secret.ts";
import type { CommandContext } from "../command-context.ts";
import { type EtcdFlags, readEtcdAccess } from "../options/etcd-access.ts";
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
	const { stdin, stderr } = terminal;
	const ask = (question: string) => askSecret(stdin.stream, stderr, question);
	const etcd = await readEtcdAccess(flags, stdin.isTTY && stderr.isTTY ? ask : undefined);
	const { kubeconfig, context, namespace, requestTimeoutMs, verbosity } = globals;
	const cluster = await openCluster(
		{
			...(kubeconfig === undefined ? {} : { kubeconfig }),
			...(context === undefined ? {} : { context }),
			...(namespace === undefined ? {} : { namespace }),
			...(name === undefined ? {} : { name }),
			histories: new HistoryStore(historyFolder(), (why) => terminal.stderr.write(`warning: ${why}\n`)),
			...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
			...(flags.container ? { container: flags.container } : {}),
			...(etcd ? { etcd } : {}),
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
