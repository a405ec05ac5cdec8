import { describe, expect, it } from "vitest";
import { buildProgram } from "../program.ts";
import { memoryTerminal } from "../testing/memory-terminal.ts";
import { completions } from "./complete.ts";

const complete = (...words: string[]) => {
	const lines = completions(buildProgram("quorate", memoryTerminal()), words).trimEnd().split("\n");
	return { words: lines.slice(0, -1).map((line) => line.split("\t")[0]), files: lines.at(-1) === ":0" };
};

const FAULTS = ["node", "cut", "slow", "heal", "kill", "freeze", "thaw", "fill", "clear"];

describe("completion", () => {
	it("knows the commands", () => {
		expect(complete("s")).toEqual({ words: ["status", "scale", "snapshot"], files: false });
		expect(complete("lab", "")).toEqual({
			words: ["up", "down", "status", "list", "kubeconfig", "versions", ...FAULTS],
			files: false,
		});
		expect(complete("-n", "mayastor", "snap").words).toEqual(["snapshot"]);
	});

	it("knows the flags of a command and those of all", () => {
		expect(complete("scale", "--re").words).toEqual(["--replicas", "--request-timeout"]);
		expect(complete("lab", "up", "--et").words).toEqual(["--etcd-version", "--etcd"]);
		expect(complete("plan", "--dry").words).toEqual([]);
	});

	it("knows values", () => {
		expect(complete("status", "-o", "j").words).toEqual(["json"]);
		expect(complete("status", "--output=y").words).toEqual(["--output=yaml"]);
		expect(complete("scale", "--dry-run=").words).toEqual(["--dry-run=client", "--dry-run=server"]);
		expect(complete("completion", "").words).toEqual(["bash", "zsh", "fish"]);
	});

	it("asks for files where files are meant", () => {
		expect(complete("status", "--kubeconfig", "").files).toBe(true);
		expect(complete("snapshot", "save", "").files).toBe(true);
		expect(complete("snapshot", "save", "x.db", "").files).toBe(false);
		expect(complete("status", "").files).toBe(false);
	});
});
