import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findKubectl } from "quorate-lab";
import { run } from "./kubectl.ts";
import { COMMAND } from "./quorate-command.ts";

/** A folder with `quorate` and `kubectl` by these names, as the runbook calls them. */
export async function programs(folder: string): Promise<string> {
	const bin = join(folder, "bin");
	await mkdir(bin);
	await symlink((await findKubectl()).path, join(bin, "kubectl"));
	await writeFile(join(bin, "quorate"), `#!/bin/sh\nexec "${process.execPath}" "${COMMAND}" "$@"\n`);
	await chmod(join(bin, "quorate"), 0o755);
	return bin;
}

/** Its first line ends a shell that is given all of it. */
const isGuard = (line: string): boolean => line.startsWith("case $- in");

/** The commands of a runbook as it is printed: all that is no comment, a document with the command that it is given to. */
export function commandsIn(text: string): string[] {
	const commands: string[] = [];
	let document = false;
	for (const line of text.split("\n")) {
		if (document) {
			commands.push(`${commands.pop()}\n${line}`);
			document = line !== "EOF";
		} else if (line !== "" && !line.startsWith("#") && !isGuard(line)) {
			commands.push(line);
			document = line.endsWith("<<'EOF'");
		}
	}
	return commands;
}

/** Types a command into a shell, word for word. Rejects where it fails. */
export async function type(command: string, folder: string, kubeconfig: string): Promise<string> {
	const env = { ...process.env, KUBECONFIG: kubeconfig, PATH: `${join(folder, "bin")}:${process.env.PATH}` };
	const { code, stdout, stderr } = await run("sh", ["-c", command], { cwd: folder, env });
	if (code !== 0) throw new Error(`${command}\nexit code ${code}\n${stdout}${stderr}`);
	return stdout;
}
