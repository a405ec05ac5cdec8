import { spawn } from "node:child_process";
import { type ListedMember, parseMemberList } from "./member-list.ts";

export interface Ran {
	code: number;
	stdout: string;
	stderr: string;
}

/** Runs a program of the image; 127 where it cannot be started. */
export function run(program: string, args: readonly string[]): Promise<Ran> {
	return new Promise((resolve) => {
		const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
		let stdout = "";
		let stderr = "";
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			stdout += text;
		});
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			stderr += text;
		});
		child.on("error", (error) => resolve({ code: 127, stdout, stderr: error.message }));
		child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
	});
}

export const etcdctl = (endpoints: readonly string[], ...args: string[]): Promise<Ran> =>
	run("etcdctl", ["--endpoints", endpoints.join(","), ...args]);

/** Undefined where nobody answers. */
export async function listMembers(endpoints: readonly string[]): Promise<ListedMember[] | undefined> {
	const { code, stdout } = await etcdctl(endpoints, "member", "list");
	return code === 0 ? parseMemberList(stdout) : undefined;
}

/** Those whose member is healthy: it knows a leader and a quorum. */
export async function healthyEndpoints(endpoints: readonly string[]): Promise<string[]> {
	if (endpoints.length === 0) return [];
	const { stdout } = await etcdctl(endpoints, "endpoint", "health", "--command-timeout=2s", "--write-out=json");
	return parseHealth(stdout);
}

/** What `etcdctl endpoint health -w json` prints, unless nothing could be asked. */
function parseHealth(output: string): string[] {
	try {
		const answers: { endpoint: string; health: boolean }[] = JSON.parse(output);
		return answers.filter(({ health }) => health).map(({ endpoint }) => endpoint);
	} catch {
		return [];
	}
}

/** The line that says what went wrong; etcdctl's own log comes before it. */
export const complaint = ({ stderr }: Ran): string => stderr.trim().split("\n").at(-1) ?? "";
