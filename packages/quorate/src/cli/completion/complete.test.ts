import { describe, expect, it } from "vitest";
import { buildProgram } from "../program.ts";
import { memoryTerminal } from "../testing/memory-terminal.ts";
import { completions, type SeeNames } from "./complete.ts";

/** Who is asked for names tells what was asked. */
const see: SeeNames = async (kind, { context, namespace }) => [
	`${kind}-of-${context ?? "current"}-${namespace ?? "its"}`,
];

const complete = async (...words: string[]) => {
	const lines = (await completions(buildProgram("quorate", memoryTerminal()), words, see)).trimEnd().split("\n");
	return { words: lines.slice(0, -1).map((line) => line.split("\t")[0]), files: lines.at(-1) === ":0" };
};

const FAULTS = ["node", "cut", "slow", "heal", "kill", "freeze", "thaw", "fill", "clear"];

describe("completion", () => {
	it("knows the commands", async () => {
		expect(await complete("s")).toEqual({ words: ["status", "scale", "snapshot"], files: false });
		expect(await complete("lab", "")).toEqual({
			words: ["up", "down", "status", "list", "kubeconfig", "versions", ...FAULTS],
			files: false,
		});
		expect((await complete("-n", "mayastor", "snap")).words).toEqual(["snapshot"]);
	});

	it("knows the flags of a command and those of all", async () => {
		expect((await complete("scale", "--re")).words).toEqual(["--replicas", "--request-timeout"]);
		expect((await complete("lab", "up", "--et")).words).toEqual(["--etcd-version", "--etcd"]);
		expect((await complete("plan", "--dry")).words).toEqual([]);
	});

	it("knows values", async () => {
		expect((await complete("status", "-o", "j")).words).toEqual(["json"]);
		expect((await complete("status", "--output=y")).words).toEqual(["--output=yaml"]);
		expect((await complete("scale", "--dry-run=")).words).toEqual(["--dry-run=client", "--dry-run=server"]);
		expect((await complete("completion", "")).words).toEqual(["bash", "zsh", "fish"]);
	});

	it("asks for files where files are meant", async () => {
		expect((await complete("status", "--kubeconfig", "")).files).toBe(true);
		expect((await complete("snapshot", "save", "")).files).toBe(true);
		expect((await complete("snapshot", "save", "x.db", "")).files).toBe(false);
		expect((await complete("status", "")).files).toBe(false);
	});

	it("asks for the names of what there is, where the flags lead to", async () => {
		expect((await complete("status", "--context", "")).words).toEqual(["context-of-current-its"]);
		expect((await complete("--context", "prod", "scale", "-n", "")).words).toEqual(["namespace-of-prod-its"]);
		expect((await complete("plan", "--namespace=na")).words).toEqual(["--namespace=namespace-of-current-its"]);
		expect((await complete("lab", "down", "--name", "")).words).toEqual(["lab-of-current-its"]);
		expect((await complete("snapshot", "save", "x.db", "-n", "m", "--pod", "")).words).toEqual(["pod-of-current-m"]);
	});

	it("names the StatefulSet as kubectl does, with its type or behind it", async () => {
		const name = "stateful-set-of-current-m";
		expect((await complete("scale", "-n", "m", "")).words).toEqual([`sts/${name}`]);
		expect((await complete("scale", "-n", "m", "statefulset/")).words).toEqual([`statefulset/${name}`]);
		expect((await complete("scale", "-n", "m", "sts", "")).words).toEqual([name]);
		expect((await complete("scale", "-n", "m", "sts", "stateful")).words).toEqual([name]);
		expect((await complete("snapshot", "save", "x.db", "-n", "m", "")).words).toEqual([`sts/${name}`]);
		expect((await complete("scale", "sts/a", "")).words).toEqual([]);
	});
});
