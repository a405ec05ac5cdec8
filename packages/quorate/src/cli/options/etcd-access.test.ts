import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type EtcdFlags, readEtcdAccess } from "./etcd-access.ts";

let folder: string;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-access-"));
	await writeFile(file("pem"), "-----BEGIN CERTIFICATE-----\n");
	await writeFile(file("password"), "se cret \n");
	await writeFile(file("empty"), "\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("etcd's flags", () => {
	it("may all be left out", async () => expect(await readEtcdAccess({}, undefined)).toBeUndefined());

	it("name certificates; each is read", async () => {
		const flags = { cacert: file("pem"), cert: file("pem"), key: file("pem"), serverName: "etcd" };
		const pem = "-----BEGIN CERTIFICATE-----\n";
		expect(await readEtcdAccess(flags, undefined)).toEqual({
			tls: { ca: pem, cert: pem, key: pem, serverName: "etcd", from: { ca: file("pem"), cert: file("pem") } },
		});
		expect(await readEtcdAccess({ insecureSkipTlsVerify: true }, undefined)).toEqual({
			tls: { rejectUnauthorized: false },
		});
	});

	it("name a user, whose password is in a file, in a Secret, or asked for", async () => {
		const auth = { username: "root", password: "se cret " };
		expect(await readEtcdAccess({ user: "root", passwordFile: file("password") }, undefined)).toEqual({ auth });
		expect(await readEtcdAccess({ userSecret: "etcd-user" }, undefined)).toEqual({ userSecret: "etcd-user" });
		const ask = vi.fn(async () => "typed");
		expect(await readEtcdAccess({ user: "root" }, ask)).toEqual({ auth: { username: "root", password: "typed" } });
		expect(ask).toHaveBeenCalledWith("Password of etcd's user root: ");
	});

	it.each<[string, (file: (name: string) => string) => EtcdFlags]>([
		["a password on the command line", () => ({ user: "root:hunter2" })],
		["no name", () => ({ user: "" })],
		["nobody to ask", () => ({ user: "root" })],
		["a password of nobody", (file) => ({ passwordFile: file("password") })],
		["an empty file", (file) => ({ user: "root", passwordFile: file("empty") })],
		["no file", (file) => ({ user: "root", passwordFile: file("missing") })],
		["two users", () => ({ user: "root", userSecret: "etcd-user" })],
		["a key without its certificate", (file) => ({ key: file("pem") })],
		["a file that holds no PEM", (file) => ({ cacert: file("password") })],
	])("%s: refused, and no password is told", async (_, flags) => {
		const refused = await readEtcdAccess(flags(file), undefined).catch((error: unknown) => error);
		expect(refused).toMatchObject({ code: "Usage" });
		expect(JSON.stringify(refused)).not.toMatch(/hunter2|se cret/);
	});
});
