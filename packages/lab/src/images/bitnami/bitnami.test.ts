import { spawnSync } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { etcdImage } from "../etcd-image.ts";
import { resolveImage } from "../index.ts";
import { scripts } from "./scripts.ts";

let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "bitnami-image-"));
	await writeFile(join(folder, "etcd"), "program");
	await symlink("etcd", join(folder, "etcdctl"));
});
afterAll(() => rm(folder, { recursive: true }));

const tools = {
	findEtcd: async (version: string, options?: { nearest?: boolean }) => {
		if (version.startsWith("3.4")) return undefined;
		return options?.nearest ? { folder, version: "3.5.9" } : undefined;
	},
};
const SCRIPTS = "/opt/bitnami/scripts/etcd";

describe("the image", () => {
	test.each([
		["bitnami/etcd:3.5.6-debian-11-r10", "prestop", "preupgrade"],
		["docker.io/bitnamilegacy/etcd:3.5.6", "prestop", "preupgrade"],
		["localhost:5000/mirror/openebs/etcd:3.6.4-debian-12-r0", "preupgrade", "prestop"],
	])("%s has %s.sh and no %s.sh", async (name, has, hasNot) => {
		const { image } = await resolveImage(name, tools);
		expect([...(image?.entrypoint ?? []), ...(image?.command ?? [])]).toEqual([
			`${SCRIPTS}/entrypoint.sh`,
			`${SCRIPTS}/run.sh`,
		]);
		expect(image?.mounts.map(({ target }) => target)).toEqual(
			expect.arrayContaining(["/opt/bitnami/etcd/bin/etcd", "/opt/bitnami/etcd/bin/etcdctl"]),
		);
		expect(image?.environment.PATH).toMatch(/^\/opt\/bitnami\/etcd\/bin:/);
		const paths = image?.files.map(({ path }) => path) ?? [];
		for (const script of ["entrypoint", "setup", "run", "healthcheck", "snapshot", has])
			expect(paths).toContain(`${SCRIPTS}/${script}.sh`);
		expect(paths).not.toContain(`${SCRIPTS}/${hasNot}.sh`);
	});

	test("says in the pod's log when another etcd stands for its own", async () => {
		const entrypoint = async (name: string) => {
			const { image } = await resolveImage(name, tools);
			return image?.files.find(({ path }) => path.endsWith("/entrypoint.sh"))?.content;
		};
		expect(await entrypoint("bitnami/etcd:3.5.6-debian-11-r10")).toContain("etcd 3.5.9 stands for 3.5.6");
		expect(await entrypoint("bitnami/etcd:3.5.9-debian-11-r10")).not.toContain("stands for");
		expect(await entrypoint("bitnami/etcd:latest")).not.toContain("stands for");
	});

	test("that cannot be had says how to get it", async () => {
		expect(await resolveImage("bitnami/etcd:3.4.1", tools)).toMatchObject({
			reason: "ErrImagePull",
			message: expect.stringMatching(/no etcd 3\.4\.1 at hand.*QUORATE_ETCD/),
		});
	});

	test.each([
		["etcd:3.5.9", { kind: "plain", version: "3.5.9" }],
		["quay.io/coreos/etcd:latest", { kind: "plain", version: undefined }],
		["bitnami/etcd:3.5.6-debian-11-r10", { kind: "bitnami-old", version: "3.5.6" }],
		["openebs/etcd:latest", { kind: "bitnami-new", version: undefined }],
		["busybox", undefined],
		["No Image", undefined],
	])("%s is %j", (name, is) => {
		expect(etcdImage(name)).toEqual(is);
	});
});

test.each(["old", "new"] as const)("the %s scripts are shell, a note with quotes in it too", (generation) => {
	for (const { content } of scripts(generation, "it's a note")) {
		const { status, stderr } = spawnSync("sh", ["-n"], { input: content, encoding: "utf8" });
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
	}
	const [entrypoint] = scripts(generation, "it's a note");
	const said = spawnSync("sh", ["-s", "true"], { input: entrypoint?.content ?? "", encoding: "utf8" });
	expect(said.stdout).toBe("lab: it's a note\n");
});
