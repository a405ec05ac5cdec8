import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { kubectl } from "../kubectl.ts";
import { NAMESPACE, podName } from "./lab-cluster.ts";

/** What a failing run leaves in its folder, beside what the command said. */
export async function keepLogs(kubeconfig: string, labLog: string, folder: string): Promise<void> {
	await copyFile(labLog, join(folder, "lab.log")).catch(() => {});
	const see = async (file: string, ...args: string[]) =>
		writeFile(join(folder, file), await kubectl(kubeconfig, args).catch((error: unknown) => String(error)));
	await see("objects.yaml", "get", "sts,pods,pvc,pv,leases,events", "-n", NAMESPACE, "-o", "yaml");
	for (let ordinal = 0; ordinal < 6; ordinal++) {
		await see(`${podName(ordinal)}.log`, "logs", podName(ordinal), "-n", NAMESPACE);
		await see(`${podName(ordinal)}.previous.log`, "logs", podName(ordinal), "-n", NAMESPACE, "-p");
	}
}
