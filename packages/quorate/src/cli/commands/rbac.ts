import { existsSync } from "node:fs";
import { rbacManifest } from "../../checks/rbac-manifest.ts";
import { QuorateError } from "../../errors.ts";
import { candidates, loadKubeconfig } from "../../kubernetes/kubeconfig.ts";
import type { CommandContext } from "../command-context.ts";
import { toYaml } from "../json/yaml.ts";
import { usage } from "../options/usage.ts";

export interface RbacFlags {
	serviceAccount: string;
	secret?: string;
	provisioned?: boolean;
}

const PURPOSES = ["look", "scale"] as const;
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Prints a manifest for `kubectl apply -f -`; asks no server. */
export function rbac({ globals, terminal }: CommandContext, purpose: string, flags: RbacFlags): void {
	const known = PURPOSES.find((word) => word === purpose);
	if (!known)
		throw usage("reading what the rights are for", `"${purpose}" is not known`, `one of: ${PURPOSES.join(", ")}`);
	const secrets = (flags.secret ?? "").split(",").filter((name) => name !== "");
	const names = [flags.serviceAccount, ...secrets];
	const wrong = names.find((name) => !NAME.test(name));
	if (wrong !== undefined)
		throw usage(
			"reading names",
			`"${wrong}" cannot be the name of an object`,
			"lower-case letters, digits, '-' and '.'",
		);
	const namespace = globals.namespace ?? contextNamespace(globals);
	const manifest = rbacManifest({
		purpose: known,
		namespace,
		account: flags.serviceAccount,
		secrets,
		provisioned: flags.provisioned ?? false,
	});
	terminal.stdout.write(globals.output === "json" ? `${JSON.stringify(manifest, null, 2)}\n` : toYaml(manifest));
}

/** The manifest can be made where there is no cluster, too. */
function contextNamespace({ kubeconfig, context }: CommandContext["globals"]): string {
	if (kubeconfig !== undefined || context !== undefined) return loadKubeconfig({ kubeconfig, context }).namespace;
	try {
		return loadKubeconfig({}).namespace;
	} catch (error) {
		// one that is there and cannot be used would have named another namespace
		if (!(error instanceof QuorateError) || candidates(process.env).some((file) => existsSync(file))) throw error;
		return "default";
	}
}
