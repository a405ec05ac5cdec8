import { createKubernetesClient } from "../../kubernetes/http-client.ts";
import { loadKubeconfig } from "../../kubernetes/kubeconfig.ts";
import { type CommandContext, print } from "../command-context.ts";
import { document } from "../json/document.ts";
import { requestLine } from "../render/request-line.ts";
import { VERSION } from "../version.ts";

/** As kubectl's: its own version, and the server's unless --client; where there is no server, an error after its own. */
export async function version(context: CommandContext, flags: { client?: boolean }): Promise<void> {
	const server = flags.client ? undefined : await serverVersion(context).catch((error: unknown) => ({ error }));
	const known = server === undefined || "error" in server ? {} : { serverVersion: server.gitVersion };
	await print(
		context,
		() => [
			`Client Version: v${VERSION}`,
			...(known.serverVersion === undefined ? [] : [`Server Version: ${known.serverVersion}`]),
		],
		() => document("Version", { clientVersion: `v${VERSION}`, nodeVersion: process.version, ...known }),
	);
	if (server && "error" in server) throw server.error;
}

async function serverVersion({ globals, terminal }: CommandContext): Promise<{ gitVersion: string }> {
	const { kubeconfig, context, requestTimeoutMs, verbosity } = globals;
	const config = loadKubeconfig({ kubeconfig, context, requestTimeoutMs });
	const onRequest =
		verbosity >= 6 ? (r: Parameters<typeof requestLine>[0]) => terminal.stderr.write(`${requestLine(r)}\n`) : undefined;
	const client = createKubernetesClient(config, { onRequest });
	try {
		return await client.version();
	} finally {
		client.close();
	}
}
