import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { QuorateError } from "../errors.ts";
import { pathsOf, withValue } from "../testing/spoil.ts";
import { loadKubeconfig } from "./kubeconfig.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-kubeconfig-"));
afterAll(() => rmSync(folder, { recursive: true }));
const kubeconfig = join(folder, "config");

/** Loads it, and lets pass nothing but a config that is whole, or a KubeconfigInvalid that names the file and says what to do. */
function loadsOrTells(content: string | Uint8Array): boolean {
	writeFileSync(kubeconfig, content);
	try {
		const config = loadKubeconfig({ env: {}, kubeconfig });
		new URL(config.server);
		return true;
	} catch (error) {
		if (!(error instanceof QuorateError)) throw error;
		expect(error.code).toBe("KubeconfigInvalid");
		expect(error.message).toContain(kubeconfig);
		expect(error.hint).toMatch(/./);
		return false;
	}
}

const VALID = {
	apiVersion: "v1",
	kind: "Config",
	"current-context": "a",
	clusters: [
		{ name: "a", cluster: { server: "https://a:6443", "insecure-skip-tls-verify": true, "proxy-url": "http://p:1" } },
	],
	users: [
		{
			name: "a",
			user: {
				exec: {
					apiVersion: "client.authentication.k8s.io/v1",
					command: "x",
					args: ["y"],
					env: [{ name: "A", value: "b" }],
				},
				as: "ann",
				"as-groups": ["g"],
				"as-user-extra": { k: ["v"] },
			},
		},
	],
	contexts: [{ name: "a", context: { cluster: "a", user: "a", namespace: "n" } }],
};

test("any bytes, any text, any YAML", () => {
	const content = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: "binary", maxLength: 200 }), fc.json());
	fc.assert(
		fc.property(content, (bytes) => void loadsOrTells(bytes)),
		{ numRuns: 2000 },
	);
});

test("a good one with any one value put in another's place, cut anywhere, or with one byte changed", () => {
	expect(loadsOrTells(JSON.stringify(VALID))).toBe(true);
	const paths = pathsOf(VALID);
	const value = fc.oneof(
		fc.jsonValue({ maxDepth: 2 }),
		fc.string({ unit: "binary" }),
		fc.constantFrom("__proto__", "\u0000", "a\nb"),
	);
	const replaced = fc
		.tuple(fc.constantFrom(...paths), value)
		.map(([path, to]) => JSON.stringify(withValue(VALID, path, to)));
	const text = JSON.stringify(VALID, undefined, 1);
	const cut = fc.nat(text.length).map((at) => text.slice(0, at));
	const changed = fc
		.tuple(fc.nat(text.length - 1), fc.string({ unit: "binary", minLength: 1, maxLength: 1 }))
		.map(([at, to]) => text.slice(0, at) + to + text.slice(at + 1));
	let good = 0;
	let bad = 0;
	const check = (content: string) => void (loadsOrTells(content) ? good++ : bad++);
	fc.assert(fc.property(fc.oneof(replaced, cut, changed), check), { numRuns: 3000 });
	expect(good).toBeGreaterThan(0);
	expect(bad).toBeGreaterThan(0);
});
