import { describe, expect, it } from "vitest";
import { outsidePath, parseEtcdSettings, withQuota } from "./etcd-settings.ts";

const GIB = 1024 ** 3;

describe("how etcd was started", () => {
	it.each([
		[[], {}, { dataDir: "/default.etcd", quota: 2 * GIB }],
		[["--name", "m0"], {}, { dataDir: "/m0.etcd", quota: 2 * GIB }],
		[["--data-dir=/data"], { ETCD_DATA_DIR: "/other" }, { dataDir: "/data", quota: 2 * GIB }],
		[["-data-dir", "rel"], {}, { dataDir: "/rel", quota: 2 * GIB }],
		[[], { ETCD_DATA_DIR: "/d", ETCD_QUOTA_BACKEND_BYTES: "8589934592" }, { dataDir: "/d", quota: 8 * GIB }],
		[
			["--quota-backend-bytes=1", "--quota-backend-bytes=5"],
			{ ETCD_QUOTA_BACKEND_BYTES: "7" },
			{ dataDir: "/default.etcd", quota: 5 },
		],
		[["--quota-backend-bytes", "-1"], {}, { dataDir: "/default.etcd", quota: Number.POSITIVE_INFINITY }],
	])("%j %j", (args, env, settings) => {
		expect(parseEtcdSettings(args, env, "/")).toEqual(settings);
	});
});

it("another quota takes the place of whichever was given", () => {
	const plan = (...command: string[]) => ({ command, environment: { ETCD_QUOTA_BACKEND_BYTES: "1" } });
	const environment = { ETCD_QUOTA_BACKEND_BYTES: "64" };
	expect(withQuota(plan("etcd"), 64)).toEqual({ command: ["etcd"], environment });
	expect(withQuota(plan("etcd", "--quota-backend-bytes=9"), 64).command).toEqual(["etcd", "--quota-backend-bytes=64"]);
	expect(withQuota(plan("etcd", "--quota-backend-bytes", "9", "x"), 64).command).toEqual([
		"etcd",
		"--quota-backend-bytes",
		"64",
		"x",
	]);
});

it("a container's path, by the innermost mount that has it", () => {
	const mounts = [
		{ source: "/disk/a", target: "/data" },
		{ source: "/disk/b", target: "/data/member" },
	];
	expect(outsidePath(mounts, "/data/x/y")?.path).toBe("/disk/a/x/y");
	expect(outsidePath(mounts, "/data/member/snap/db")?.path).toBe("/disk/b/snap/db");
	expect(outsidePath(mounts, "/database")).toBeUndefined();
});
