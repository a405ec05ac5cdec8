import { describe, expect, it } from "vitest";
import { run } from "./run.ts";
import { memoryTerminal } from "./testing/memory-terminal.ts";

async function command(words: string, options: Parameters<typeof memoryTerminal>[0] = {}, called = "/usr/bin/quorate") {
	const terminal = memoryTerminal(options);
	const code = await run(["node", called, ...words.split(" ").filter((word) => word !== "")], terminal);
	return { code, ...terminal.written };
}

describe("the command line", () => {
	it.each(["", "--help", "-h", "help", "lab", "scale --help", "help scale"])("prints help for %j", async (words) => {
		const { code, stdout, stderr } = await command(words);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout).toMatch(/^Usage: quorate /);
	});

	it("has a command's own options first, then those of all commands, and last those for etcd, a line each", async () => {
		const { stdout } = await command("status --help");
		const lines = stdout.trimEnd().split("\n");
		expect(lines.filter((line) => /^\S.*:$/.test(line))).toEqual([
			"Arguments:",
			"Options:",
			"Global options:",
			"Access to etcd (found in the pods' template and Secrets if not given):",
			"Examples:",
		]);
		expect(lines.length).toBeLessThanOrEqual(36);
		expect(lines.filter((line) => /^ {20}/.test(line))).toEqual([]);
		expect(stdout).not.toContain("--version");
		expect(stdout.indexOf("--all-namespaces")).toBeLessThan(stdout.indexOf("--namespace"));
		expect(stdout.indexOf("--output")).toBeLessThan(stdout.indexOf("--cacert"));
	});

	it("is kubectl's when called through it", async () => {
		expect((await command("scale --help", {}, "/bin/kubectl-quorate")).stdout).toMatch(
			/^Usage: kubectl quorate scale /,
		);
		expect((await command("scal", {}, "/bin/kubectl-quorate")).stderr).toContain("error: unknown command 'scal'");
	});

	it("prints its version", async () => {
		expect(await command("--version")).toEqual({ code: 0, stdout: "quorate v0.0.0\n", stderr: "" });
		expect(await command("version --client")).toEqual({ code: 0, stdout: "Client Version: v0.0.0\n", stderr: "" });
	});

	it.each([
		["staus", "unknown command 'staus'", "Did you mean status?"],
		["help staus", "unknown command 'staus'", "see quorate --help"],
		["lab upp", "unknown command 'upp'", "Did you mean up?"],
		["status --namspace x", "unknown option '--namspace'", "Did you mean --namespace?"],
		["scale --yes", "--replicas is missing", "--replicas 5"],
		["plan", "--replicas is missing", "--replicas 5"],
		["status -n", "option '-n, --namespace <name>' argument missing", "see quorate status --help"],
		["snapshot save", "missing required argument 'file'", "see quorate snapshot save --help"],
		[
			"lab status more",
			"too many arguments for 'status'. Expected 0 arguments but got 1.",
			"see quorate lab status --help",
		],
		["scale --replicas abc --yes", 'a whole number from 1, in digits; got "abc"', "an odd number"],
		["scale --replicas 0 --yes", 'a whole number from 1, in digits; got "0"', "an odd number"],
		["scale --replicas -1 --yes", 'a whole number from 1, in digits; got "-1"', "an odd number"],
		["scale --replicas=2.5 --yes", 'a whole number from 1, in digits; got "2.5"', "an odd number"],
		["plan --replicas 0", 'a whole number from 1, in digits; got "0"', "an odd number"],
		["scale --replicas 5", "this is not a terminal", "--yes"],
		["scale --replicas 5 --dry-run=maybe", 'unknown kind of dry run "maybe"', "client, server, none"],
		["scale --replicas 5 --yes --timeout soon", '"soon" is not a duration', "1m30s"],
		["scale pod/x --replicas 5 --yes", '"pod/x" is not a StatefulSet', "sts/x"],
		["status -o xml", 'unknown output format "xml"', "table, wide, json, yaml"],
		["status --cert x", "one is given without the other", "both"],
		["status --cacert /does/not/exist", "ENOENT", "PEM"],
		["completion tcsh", 'unknown shell "tcsh"', "bash, zsh, fish"],
		["lab up --members three", '"three" is not a whole number', "--members 3"],
		["lab slow x --ms fast", '"fast" is not a whole number', "--ms 100"],
		["status a/b/c", '"a/b/c" is not a name', "-n NAMESPACE sts/NAME"],
		["status -v loud", '"loud" is not a verbosity level', "6 shows each request"],
		["snapshot restore x.db --to vm/x", '"vm/x" is not a lab', "--to lab"],
		["plan --replicas 5 --volume-path /data", '"/data" is not a path that differs', "{ordinal}"],
	])("%j is refused with exit code 2", async (words, message, hint) => {
		const { code, stdout, stderr } = await command(words);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(/^error: /);
		expect(stderr).toContain(message);
		expect(stderr).toContain(hint);
		expect(stderr).not.toContain("    at ");
	});

	it("shows where an error comes from only with -v 9", async () => {
		expect((await command("status -o xml -v 9")).stderr).toContain("    at ");
		expect((await command("status -o xml -v=9")).stderr).toContain("    at ");
		expect((await command("status -o xml -v 6")).stderr).not.toContain("    at ");
	});

	it("tells errors as documents where documents are wanted", async () => {
		const json = await command("scale --replicas 0 --yes -o json");
		expect(json.stdout).toBe("");
		expect(json.stderr.trimEnd().split("\n")).toHaveLength(1);
		expect(JSON.parse(json.stderr)).toEqual({
			apiVersion: "quorate.io/v1",
			kind: "Error",
			code: "Usage",
			operation: "reading --replicas",
			message: '--replicas must be a whole number from 1, in digits; got "0"',
			state: "nothing was changed",
			hint: "an odd number of members is best: 3 or 5",
			exitCode: 2,
		});
		expect((await command("scale --replicas 0 --yes --output=yaml")).stderr).toMatch(
			/^---\napiVersion: quorate.io\/v1\nkind: Error\n/,
		);
	});

	it("prints rights without those that only static volumes need, where a provisioner makes the volumes", async () => {
		const verbs = async (words: string) => {
			const { items } = JSON.parse((await command(`rbac scale -n etcd -o json ${words}`)).stdout);
			const rules = (items as { rules?: { resources: string[]; verbs: string[] }[] }[]).flatMap(
				({ rules = [] }) => rules,
			);
			return rules.flatMap(({ resources, verbs }) => verbs.map((verb) => `${verb} ${resources}`));
		};
		const [all, provisioned] = [await verbs(""), await verbs("--provisioned")];
		const left = all.filter((verb) => !provisioned.includes(verb));
		expect(left.sort()).toEqual([
			"create persistentvolumes",
			"create pods",
			"delete persistentvolumes",
			"patch persistentvolumes",
		]);
		expect(provisioned).toEqual(all.filter((verb) => !left.includes(verb)));
		expect(provisioned).toContain("delete persistentvolumeclaims");
	});
});
