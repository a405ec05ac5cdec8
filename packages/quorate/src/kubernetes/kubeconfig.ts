import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { QuorateError } from "../errors.ts";
import { clusterConnection } from "./cluster-entry.ts";
import { type InClusterFiles, inCluster } from "./in-cluster.ts";
import {
	type ContextEntry,
	type Entry,
	type Kubeconfig,
	kubeconfigInvalid,
	readKubeconfig,
	type UserEntry,
} from "./kubeconfig-file.ts";
import { DEFAULT_TIMEOUT_MS, type KubernetesConfig } from "./kubernetes-config.ts";
import { clientCertificate, impersonation, userCredentials } from "./user-entry.ts";

export interface KubeconfigOptions {
	/** path of the one kubeconfig to read. @default the files of $KUBECONFIG, else ~/.kube/config, else the pod's service account */
	kubeconfig?: string | undefined;
	/** @default the kubeconfig's current-context */
	context?: string | undefined;
	/** @default the context's, else "default" */
	namespace?: string | undefined;
	/** milliseconds that one request may take; 0: no limit. @default 30000 */
	requestTimeoutMs?: number | undefined;
	/** user to impersonate, as `kubectl --as`. @default the kubeconfig's */
	as?: string | undefined;
	/** groups to impersonate, with `as`. @default the kubeconfig's */
	asGroups?: readonly string[] | undefined;
	/** @default process.env */
	env?: NodeJS.ProcessEnv | undefined;
	/** @default where kubelets mount them */
	serviceAccount?: InClusterFiles | undefined;
}

/**
 * Finds and reads the kubeconfig as kubectl does.
 *
 * @throws QuorateError KubeconfigInvalid: which file, what is wrong with it, what to do
 */
export function loadKubeconfig(options: KubeconfigOptions = {}): KubernetesConfig {
	const env = options.env ?? process.env;
	const { files, configs } = readFiles(options, env);
	const merged = mergeKubeconfigs(configs);
	const empty = merged.clusters.size + merged.contexts.size + merged.users.size === 0;
	if (!options.kubeconfig && empty && options.context === undefined) {
		const config = inCluster(env, options.serviceAccount);
		if (config) return withOptions(config, options);
	}
	if (empty) throw nothingFound(files, configs.length);
	return withOptions(resolve(merged, files, options, env), options);
}

/** Those of the files that {@link loadKubeconfig} reads, in their order. */
export function contextNames(options: Pick<KubeconfigOptions, "kubeconfig" | "env"> = {}): string[] {
	return [...mergeKubeconfigs(readFiles(options, options.env ?? process.env).configs).contexts.keys()];
}

function readFiles(
	{ kubeconfig }: KubeconfigOptions,
	env: NodeJS.ProcessEnv,
): { files: readonly string[]; configs: readonly Kubeconfig[] } {
	const files = kubeconfig ? [kubeconfig] : candidates(env);
	const configs = files.flatMap((file) => {
		try {
			return [readKubeconfig(file)];
		} catch (error) {
			// Of a list, those that are not there are passed over; the one that was named must be.
			if (!kubeconfig && isMissing(error)) return [];
			throw error;
		}
	});
	return { files, configs };
}

/** Merges as kubectl does: the first file that has an entry, or a current-context, wins; entries are not mixed. */
function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
	const merged: Kubeconfig = { clusters: new Map(), users: new Map(), contexts: new Map() };
	for (const config of configs) {
		merged.currentContext ??= config.currentContext;
		adopt(merged.clusters, config.clusters);
		adopt(merged.users, config.users);
		adopt(merged.contexts, config.contexts);
	}
	return merged;
}

function adopt<T>(into: Map<string, Entry<T>>, from: ReadonlyMap<string, Entry<T>>): void {
	for (const [name, entry] of from) if (!into.has(name)) into.set(name, entry);
}

/** The files that are looked for where none is named. */
export function candidates(env: NodeJS.ProcessEnv): string[] {
	const listed = (env.KUBECONFIG ?? "").split(delimiter).filter((file) => file !== "");
	return listed.length > 0 ? [...new Set(listed)] : [join(env.HOME || homedir(), ".kube", "config")];
}

function isMissing(error: unknown): boolean {
	const cause = error instanceof QuorateError ? error.cause : undefined;
	return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}

function nothingFound(files: readonly string[], read: number): QuorateError {
	const problem = read > 0 ? "names no cluster" : "there is no such file, and this is not a pod";
	return kubeconfigInvalid(files.join(delimiter), problem, "name a kubeconfig with --kubeconfig or KUBECONFIG");
}

function resolve(
	merged: Kubeconfig,
	files: readonly string[],
	options: KubeconfigOptions,
	env: NodeJS.ProcessEnv,
): KubernetesConfig {
	const context = pickContext(merged, files, options);
	const { file, value } = context.entry;
	const clusterName = value.cluster ?? "";
	const cluster = merged.clusters.get(clusterName);
	if (!cluster) throw dangling(file, context.name, "cluster", clusterName, merged.clusters);
	const user = value.user ? merged.users.get(value.user) : undefined;
	if (value.user && !user) throw dangling(file, context.name, "user", value.user, merged.users);
	const anonymous: Entry<UserEntry> = { file, value: { asGroups: [], asExtra: {} } };
	const identity = user ?? anonymous;
	const connection = clusterConnection(cluster, clusterName, clientCertificate(identity, value.user ?? ""), env);
	return {
		server: connection.server,
		namespace: value.namespace || "default",
		context: context.name,
		user: value.user ?? "",
		source: cluster.file,
		tls: connection.tls,
		proxy: connection.proxy,
		credentials: userCredentials(identity, value.user ?? "", connection),
		headers: impersonation(identity, options),
		requestTimeoutMs: DEFAULT_TIMEOUT_MS,
	};
}

function pickContext(
	merged: Kubeconfig,
	files: readonly string[],
	options: KubeconfigOptions,
): { name: string; entry: Entry<ContextEntry> } {
	const all = files.join(delimiter);
	const name = options.context ?? merged.currentContext;
	const existing = listed(merged.contexts);
	if (name === undefined)
		throw kubeconfigInvalid(all, "no current-context is set", `name one with --context: ${existing}`);
	const entry = merged.contexts.get(name);
	if (entry) return { name, entry };
	const which = options.context === undefined ? "the current-context" : "the context";
	throw kubeconfigInvalid(all, `${which} "${name}" is not in it`, `there are: ${existing}; name one with --context`);
}

function dangling(
	file: string,
	context: string,
	kind: string,
	name: string,
	entries: ReadonlyMap<string, unknown>,
): QuorateError {
	const problem = `context "${context}" names the ${kind} "${name}", which is not there`;
	return kubeconfigInvalid(
		file,
		problem,
		`there are: ${listed(entries)}; mend the context, or name another with --context`,
	);
}

function listed(entries: ReadonlyMap<string, unknown>): string {
	return entries.size === 0 ? "none" : [...entries.keys()].map((name) => `"${name}"`).join(", ");
}

function withOptions(config: KubernetesConfig, options: KubeconfigOptions): KubernetesConfig {
	return {
		...config,
		namespace: options.namespace || config.namespace,
		requestTimeoutMs: options.requestTimeoutMs ?? config.requestTimeoutMs,
	};
}

export type { KubernetesConfig };
