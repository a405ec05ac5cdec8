import { spawn } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findEtcd, findKubectl } from "quorate-lab";
import { expect, it } from "vitest";
import { run } from "./kubectl.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Milliseconds that all commands of the page may take together; `npm ci` alone takes a minute on a quiet machine. */
const LIMIT = 15 * 60_000;

/** The user "nobody" of every Linux, for a test that is run by root. */
const NOBODY = 65_534;

/** The page's blocks of commands, in order, a line each. */
const commandsOf = (page: string): string[] =>
	page.split("\n").flatMap((line) => /^ {4}(\S.*)$/.exec(line)?.slice(1) ?? []);

it(
	"the README's commands work in a fresh clone, for an ordinary user",
	async () => {
		const home = await mkdtemp(join(tmpdir(), "quorate-readme-"));
		const clone = join(home, "clone");
		const env = await strangersEnvironment(home);
		try {
			await mkdir(clone);
			const exported = await run("sh", ["-c", `git -C "$1" archive HEAD | tar -x -C "$2"`, "sh", ROOT, clone]);
			expect(exported).toMatchObject({ code: 0 });
			const commands = commandsOf(await readFile(join(clone, "README.md"), "utf8"));
			expect(commands).toContain("npm ci");
			expect(commands).toContain("quorate lab up");
			const script = commands.map((line) => `${line}\necho "@@ exit $? of" ${quoted(line)}`).join("\n");
			await writeFile(join(home, "commands.sh"), `cd ${quoted(clone)}\n${script}\n`);
			if (process.getuid?.() === 0) await run("chown", ["-R", `${NOBODY}:${NOBODY}`, home]);
			const printed = await onTerminal(join(home, "commands.sh"), env);
			const ended = [...printed.matchAll(/^@@ exit (\d+) of (.*?)\r?$/gm)].map(([, code, line]) => `${code} ${line}`);
			expect(ended, printed).toEqual(commands.map((line) => `0 ${line}`));
		} finally {
			await asStranger("sh", ["-c", `node ${quoted(join(clone, "packages/quorate/bin/quorate.js"))} lab down`], env);
			await rm(home, { recursive: true, force: true });
		}
	},
	LIMIT + 60_000,
);

/** Of someone who has Node.js, kubectl and etcd, and nothing of Quorate: no variables, no state, no caches but npm's. */
async function strangersEnvironment(home: string): Promise<NodeJS.ProcessEnv> {
	const programs = join(home, "programs");
	await mkdir(programs);
	await chmod(home, 0o755);
	const etcd = await findEtcd();
	for (const path of [etcd.etcd, etcd.etcdctl, (await findKubectl()).path]) {
		await cp(path, join(programs, path.slice(dirname(path).length + 1)), { dereference: true });
	}
	const cache = await run("npm", ["config", "get", "cache"]);
	await cp(join(cache.stdout.trim(), "_cacache"), join(home, "npm/_cacache"), { recursive: true }).catch(() => {});
	return {
		HOME: home,
		PATH: `${dirname(process.execPath)}:${process.env.PATH}:${programs}`,
		npm_config_cache: join(home, "npm"),
		npm_config_prefer_offline: "true",
		npm_config_audit: "false",
		TERM: "dumb",
		LANG: "C.UTF-8",
	};
}

const stranger = (command: string, args: readonly string[]): [string, ...string[]] =>
	process.getuid?.() === 0
		? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", command, ...args]
		: [command, ...args];

function asStranger(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
	const [program, ...rest] = stranger(command, args);
	return run(program, rest, { env });
}

/** Runs it on a terminal of its own, and says "y" to the question that `quorate scale` asks. */
function onTerminal(script: string, env: NodeJS.ProcessEnv): Promise<string> {
	return new Promise((resolve, reject) => {
		const [program, ...args] = stranger("script", ["-qec", `bash ${quoted(script)}`, "/dev/null"]);
		const child = spawn(program, args, { env });
		const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT);
		let printed = "";
		let answered = false;
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			printed += text;
			if (!answered && /\[y\/N\]/i.test(printed)) {
				answered = true;
				child.stdin.write("y\n");
			}
		});
		child.once("error", reject);
		child.once("close", () => {
			clearTimeout(timer);
			resolve(printed);
		});
	});
}

function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
