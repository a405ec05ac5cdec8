import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resolveImage } from "./index.ts";
import { formatReference, parseReference } from "./reference.ts";

describe("names", () => {
	test.each([
		["etcd", "docker.io/library/etcd:latest"],
		["etcd:3.5.9", "docker.io/library/etcd:3.5.9"],
		["bitnami/etcd:3.5.6-debian-11-r10", "docker.io/bitnami/etcd:3.5.6-debian-11-r10"],
		["docker.io/etcd:3.5.9", "docker.io/library/etcd:3.5.9"],
		["registry.k8s.io/etcd:3.5.9-0", "registry.k8s.io/etcd:3.5.9-0"],
		["localhost:5000/a/b", "localhost:5000/a/b:latest"],
		[`etcd@sha256:${"0".repeat(64)}`, `docker.io/library/etcd@sha256:${"0".repeat(64)}`],
	])("%s is %s", (name, full) => {
		const reference = parseReference(name);
		expect(reference && formatReference(reference)).toBe(full);
	});

	test.each(["", ":1", "a b", "Etcd", "etcd:", "etcd:a:b", "etcd@sha256:1", "/etcd", "etcd/"])("%j is none", (name) => {
		expect(parseReference(name)).toBeUndefined();
	});
});

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "images-"));
	await writeFile(join(folder, "etcd"), "program");
	await symlink("etcd", join(folder, "etcdctl"));
});
afterAll(() => rm(folder, { recursive: true }));

const asked: string[] = [];
const tools = {
	findEtcd: async (version: string) => {
		asked.push(version);
		return version === "3.5.9" ? { folder, version } : undefined;
	},
};

describe("what they run", () => {
	test.each([
		"etcd:3.5.9",
		"quay.io/coreos/etcd:v3.5.9",
		"gcr.io/etcd-development/etcd:v3.5.9",
		"registry.k8s.io/etcd:3.5.9-0",
	])("%s runs that etcd", async (name) => {
		const { image } = await resolveImage(name, tools);
		expect(asked.at(-1)).toBe("3.5.9");
		expect(image?.command).toEqual(["etcd"]);
		expect(image?.mounts.map(({ target }) => target)).toEqual(["/usr/local/bin/etcd", "/usr/local/bin/etcdctl"]);
		expect(image?.size).toBe("program".length);
	});

	test("a version that cannot be had is not found", async () => {
		const result = await resolveImage("etcd:9.9.9", tools);
		expect(result).toMatchObject({ reason: "ErrImagePull", message: expect.stringContaining("no etcd 9.9.9 at hand") });
	});

	test("an image of other people's etcd scripts is not plain etcd", async () => {
		expect((await resolveImage("bitnami/etcd:3.5.9", tools)).image?.command).not.toEqual(["etcd"]);
	});

	test("userland images run a shell", async () => {
		expect((await resolveImage("busybox", tools)).image?.command).toEqual(["sh"]);
	});

	test("an image that is unknown says what there is", async () => {
		const result = await resolveImage("nginx:1.27", tools);
		expect(result).toMatchObject({
			reason: "ErrImagePull",
			message: expect.stringMatching(/nginx:1\.27.*etcd:<version>.*busybox/),
		});
		expect(await resolveImage("No Image", tools)).toMatchObject({ reason: "InvalidImageName" });
	});
});
