import { describe, expect, it } from "vitest";
import { likeKubectl, wantedOutput } from "./command-line.ts";

describe("a command line as kubectl takes it", () => {
	it.each([
		[["-n=mayastor"], ["-n", "mayastor"]],
		[["-v=6"], ["-v", "6"]],
		[
			["--dry-run", "sts/x"],
			["--dry-run=client", "sts/x"],
		],
		[["--dry-run=server"], ["--dry-run=server"]],
		[["--yes=true", "--force=false"], ["--yes"]],
		[["--replicas=5"], ["--replicas=5"]],
		[["-ojson"], ["-ojson"]],
		[
			["--", "-n=x", "--dry-run"],
			["--", "-n=x", "--dry-run"],
		],
		[["name=x"], ["name=x"]],
	])("%j", (words, expected) => expect(likeKubectl(words)).toEqual(expected));
});

describe("the wanted output", () => {
	it.each([
		[["-o", "json"], "json"],
		[["-ojson"], "json"],
		[["-o=yaml"], "yaml"],
		[["--output", "json"], "json"],
		[["--output=json"], "json"],
		[["status"], undefined],
		[["--", "-o", "json"], undefined],
		[["-o"], undefined],
	])("of %j is %j", (words, output) => expect(wantedOutput(words)).toBe(output));
});
