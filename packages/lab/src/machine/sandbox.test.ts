import { expect, test } from "vitest";
import { bwrapArguments, type ContainerOptions } from "./sandbox.ts";

const options: ContainerOptions = {
	bwrap: "/usr/bin/bwrap",
	hostname: "etcd-0",
	command: ["etcd", "--name", "a b"],
	env: {},
	workingDirectory: "/work",
	mounts: [
		{ source: "/disk/inner", target: "/data/inner/x" },
		{ source: "/disk/outer", target: "/data", readOnly: true },
	],
};
const after = (args: string[], name: string, value: string) =>
	args.findIndex((arg, n) => arg === name && args[n + 1] === value);

test("mounts within mounts come after those that they are within", async () => {
	const args = await bwrapArguments(options);
	expect(after(args, "--ro-bind", "/disk/outer")).toBeLessThan(after(args, "--bind", "/disk/inner"));
	expect(after(args, "--dir", "/data/inner")).toBeLessThan(after(args, "--bind", "/disk/inner"));
});

test("the command comes last, as it is", async () => {
	const args = await bwrapArguments(options);
	expect(args.slice(args.indexOf("--"))).toEqual(["--", "etcd", "--name", "a b"]);
});

test("a read-only root is made so once everything is in place", async () => {
	expect(await bwrapArguments(options)).not.toContain("--remount-ro");
	const args = await bwrapArguments({ ...options, readOnlyRoot: true });
	expect(after(args, "--remount-ro", "/")).toBeGreaterThan(after(args, "--dir", "/work"));
});

test("a container never gets the right to change mounts", async () => {
	const args = await bwrapArguments(options);
	expect(after(args, "--cap-drop", "ALL")).toBeGreaterThan(0);
	expect(args).not.toContain("CAP_SYS_ADMIN");
	expect(after(args, "--ro-bind", "/usr")).toBeGreaterThan(0);
});
