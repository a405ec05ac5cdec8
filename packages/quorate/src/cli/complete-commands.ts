/** How the user reaches the cluster: flags with a space before each, as `clusterFlags` makes them. */
export interface Reach {
	/** how the command was called: "quorate" or "kubectl quorate" */
	readonly name: string;
	/** `--kubeconfig` and `--context`, as they were given */
	readonly kubectl: string;
	/** the same, with the flags for etcd itself */
	readonly quorate: string;
	/** `-n`, for a command that names no namespace; "" where none was given */
	readonly namespace: string;
}

/** With flags for etcd. What reads a file, and what prints a manifest, needs none. */
const QUORATE =
	/\bquorate (status|check|plan|scale|rollout|abort|validate|replace|snapshot save|snapshot restore)\b([^;`()\n]*)/g;
const KUBECTL =
	/\bkubectl (annotate|apply|auth|cordon|debug|delete|describe|drain|edit|exec|get|label|logs|patch|rollout|scale|taint|uncordon|wait)\b/g;

/**
 * Hints name commands as the core knows them. This is the one place where they get what the user gave on the way here: how the command was
 * called, the context, the kubeconfig, and the flags for etcd.
 */
export function completeCommands(text: string, { name, kubectl, quorate, namespace }: Reach): string {
	return text
		.replace(KUBECTL, (_, verb: string) => `kubectl${kubectl} ${verb}`)
		.replace(QUORATE, (_, verb: string, rest: string) => {
			const named = / (-n|--namespace)[ =]/.test(rest) ? "" : namespace;
			return `${name} ${verb}${quorate}${named}${rest}`;
		});
}
