import { HistoryStore, historyFolder } from "../../cluster/history-store.ts";
import { type Cluster, openCluster } from "../../cluster-session.ts";
import { QuorateError } from "../../errors.ts";
import { askSecret } from "../ask-secret.ts";
import type { CommandContext } from "../command-context.ts";
import { completeCommands } from "../complete-commands.ts";
import { type EtcdFlags, readEtcdAccess } from "../options/etcd-access.ts";
import { parseTarget } from "../options/target.ts";
import { reachOf } from "../render/cluster-flags.ts";
import { requestLine } from "../render/request-line.ts";

/** Completes the commands in a hint with the flags that lead to this cluster. */
export type Complete = (text: string) => string;

/**
 * Opens the cluster that the command line means, hands it over, and closes it whatever happens. Commands in the hints of its failures are
 * completed.
 */
export async function withCluster<T>(
	context: CommandContext,
	words: readonly string[],
	flags: EtcdFlags,
	use: (cluster: Cluster, complete: Complete) => Promise<T>,
	signal?: AbortSignal,
): Promise<T> {
	const reach = reachOf(context, flags);
	const complete: Complete = (text) => completeCommands(text, reach);
	try {
		const cluster = await open(context, words, flags, signal);
		try {
			return await use(cluster, complete);
		} finally {
			cluster.close();
		}
	} catch (error) {
		throw error instanceof QuorateError ? completed(error, complete) : error;
	}
}

function completed(error: QuorateError, complete: Complete): QuorateError {
	const { code, operation, state, hint, cause } = error;
	const details = { ...(state ? { state: complete(state) } : {}), ...(hint ? { hint: complete(hint) } : {}) };
	return new QuorateError(code, { operation, message: error.message, ...details, cause: cause ?? error });
}

async function open(
	{ globals, terminal }: CommandContext,
	words: readonly string[],
	flags: EtcdFlags,
	signal: AbortSignal | undefined,
): Promise<Cluster> {
	const name = parseTarget(words);
	const { stdin, stderr } = terminal;
	const ask = (question: string) => askSecret(stdin.stream, stderr, question);
	const etcd = await readEtcdAccess(flags, stdin.isTTY && stderr.isTTY ? ask : undefined);
	const { kubeconfig, context, namespace, requestTimeoutMs, verbosity } = globals;
	return openCluster(
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
}
