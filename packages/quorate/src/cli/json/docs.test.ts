import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { sampleDocuments } from "../testing/sample-documents.ts";

const PAGE = new URL("../../../../../docs/json.md", import.meta.url);

/** Documents within documents: told in a section of their own. */
const OWN_SECTION = ["proof", "items[]"];

/** `etcd.members[].id` for each value that is no object. */
function* paths(value: unknown, path = ""): Generator<string> {
	if (OWN_SECTION.includes(path)) yield path;
	else if (Array.isArray(value)) {
		if (value.every((item) => typeof item !== "object")) yield `${path}[]`;
		else for (const item of value) yield* paths(item, `${path}[]`);
	} else if (typeof value === "object" && value !== null) {
		for (const [name, field] of Object.entries(value)) yield* paths(field, path === "" ? name : `${path}.${name}`);
	} else yield path;
}

/** By kind, the fields that its section's table names. */
async function documented(): Promise<Map<string, Set<string>>> {
	const sections = (await readFile(PAGE, "utf8")).split(/^## /m).slice(1);
	return new Map(
		sections.map((section) => [
			/^\w+/.exec(section)?.[0] ?? "",
			new Set([...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, path]) => path ?? "")),
		]),
	);
}

describe("docs/json.md", () => {
	for (const [kind, sample] of Object.entries(sampleDocuments()))
		it(`has every field of ${kind}, and no other`, async () => {
			const page = await documented();
			const own = new Set([...paths(sample)].filter((path) => path !== "apiVersion" && path !== "kind"));
			expect([...(page.get(kind) ?? [])].sort()).toEqual([...own].sort());
		});
});
