import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PersistentVolume } from "kubernetes-types/core/v1";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeVolumeData } from "./volume-data.ts";

let root: string;
let disks: Map<string, string>;

beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), "quorate-volumes-"));
	disks = new Map(["worker-0", "worker-1"].map((name) => [name, join(root, name)]));
	for (const disk of disks.values()) {
		await mkdir(join(disk, "var/data"), { recursive: true });
		await writeFile(join(disk, "var/data/db"), "");
	}
});

afterEach(() => rm(root, { recursive: true }));

function volume(path: string, node?: string): PersistentVolume {
	const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "In", values: [node ?? ""] }];
	const nodeAffinity = { required: { nodeSelectorTerms: [{ matchExpressions }] } };
	return { spec: { hostPath: { path }, ...(node ? { nodeAffinity } : {}) } };
}

describe("removeVolumeData", () => {
	it("empties it on its node alone", () => {
		removeVolumeData(volume("/var/data", "worker-1"), disks);
		expect(existsSync(join(root, "worker-1/var/data"))).toBe(false);
		expect(existsSync(join(root, "worker-1/var"))).toBe(true);
		expect(existsSync(join(root, "worker-0/var/data/db"))).toBe(true);
	});

	it("empties it wherever it may be, where it names no node", () => {
		removeVolumeData(volume("/var/data"), disks);
		expect(existsSync(join(root, "worker-0/var/data"))).toBe(false);
		expect(existsSync(join(root, "worker-1/var/data"))).toBe(false);
	});

	it("has nothing to do where nothing was written", () => {
		expect(() => removeVolumeData(volume("/never/written"), disks)).not.toThrow();
	});

	it("does not leave the node's disk", async () => {
		await mkdir(join(root, "precious"));
		await symlink(root, join(root, "worker-0/link"));
		expect(() => removeVolumeData(volume("/link/precious", "worker-0"), disks)).toThrow("leads out");
		removeVolumeData(volume("/../precious", "worker-0"), disks);
		expect(() => removeVolumeData(volume("/", "worker-0"), disks)).toThrow();
		expect(existsSync(join(root, "precious"))).toBe(true);
		expect(existsSync(join(root, "worker-0"))).toBe(true);
	});
});
