import { spawn } from "node:child_process";

/** Runs a shell's command line on a terminal of its own, types the lines, and returns all that is seen there. */
export function onTerminal(command: string, lines: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
	return new Promise((resolve, reject) => {
		const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], { env });
		let seen = "";
		for (const stream of [child.stdout, child.stderr])
			stream.setEncoding("utf8").on("data", (text: string) => {
				seen += text;
			});
		child.once("error", reject);
		child.once("close", (code) => {
			const text = seen.replaceAll("\r\n", "\n");
			if (code === 0) resolve(text);
			else reject(new Error(`${command}: exit code ${code}\n${text}`));
		});
		child.stdin.on("error", () => {});
		// The terminal keeps what is typed until the shell is there to read it; its end is the shell's own.
		for (const line of lines) child.stdin.write(`${line}\n`);
	});
}
