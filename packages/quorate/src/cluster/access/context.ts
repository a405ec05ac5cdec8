import type { Container, PodTemplateSpec } from "kubernetes-types/core/v1";
import { QuorateError } from "../../errors.ts";
import type { StatefulSetView } from "../cluster-view.ts";
import { describeSource, fileSource } from "../container-files.ts";
import { isForbidden, type SecretFiles } from "../secret-files.ts";
import type { Environment } from "../start/environment.ts";
import type { Settings } from "../start/settings.ts";

export interface AccessContext {
	set: StatefulSetView;
	template: PodTemplateSpec;
	container: Container | undefined;
	/** settings and environment of that container in the first pod; undefined: there is no container */
	told: { readonly settings: Settings; readonly environment: Environment } | undefined;
	files: SecretFiles;
	/** those that it all rests upon; added to */
	secrets: Set<string>;
	options: { signal?: AbortSignal };
}

/** A file of the first pod's container, where it is from a Secret or a ConfigMap. */
export async function readFile(context: AccessContext, path: string): Promise<string | undefined> {
	const { template, container, files, secrets, options } = context;
	const source = container && fileSource(template, container, path);
	if (!source) return undefined;
	try {
		const text = await files.file(source, options);
		if (text !== undefined && source.kind === "Secret") secrets.add(source.name);
		return text;
	} catch (error) {
		if (!isForbidden(error)) throw error;
		throw new QuorateError("Forbidden", {
			operation: `finding out how the members of ${context.set.name} are spoken to`,
			message: `etcd speaks TLS, and this user may not read ${describeSource(source)} in namespace ${context.set.namespace}`,
			state: "nothing was changed",
			hint: "ask for the right to get that Secret, or give the certificates yourself: --cacert, and --cert with --key where etcd wants a client's",
			cause: error,
		});
	}
}
