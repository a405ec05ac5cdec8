import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcdAtHand } from "../etcd-at-hand.ts";
import { type CaseAuthority, caseAuthority, secretDocument } from "./case-certificates.ts";
import { type CaseCluster, type CaseLab, caseLab } from "./case-cluster.ts";

const CASE = "downward-tls";
const ADVERTISED = "--advertise-client-urls=https://$(HOST):$(CLIENT_PORT)";

describe.skipIf(!(await etcdAtHand(CASE, "3.5.35")))("TLS, with names that the template refers to", () => {
	let folder: string;
	let lab: CaseLab;
	let authority: CaseAuthority;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-case-"));
		[lab, authority] = [await caseLab(folder), await caseAuthority()];
	});
	afterAll(async () => {
		await lab?.destroy();
		await rm(folder, { recursive: true, force: true });
	});

	async function start(namespace: string, change: (manifest: string) => string) {
		const names = [`*.etcd.${namespace}.svc`];
		const client = await authority.sign(names);
		const peer = await authority.sign([...names, `${names[0]}.cluster.local`]);
		const pairs = { "tls.crt": client.cert, "tls.key": client.key, "peer.crt": peer.cert, "peer.key": peer.key };
		const files = { "ca.crt": authority.ca, ...pairs };
		const secret = secretDocument(namespace, "etcd-certs", files);
		return lab.start(CASE, (manifest) => change(manifest.replaceAll(CASE, namespace)) + secret, namespace);
	}

	async function looksGood(etcd: CaseCluster, voters: number) {
		const status = async () => (await etcd.quorate("status")).stdout;
		await expect.poll(status, { timeout: 60_000 }).toMatch(new RegExp(`${voters} voters?, `));
		expect(await status()).not.toMatch(/\$\(/);
		const check = await etcd.quorate("check", "-o", "json");
		const { checks } = JSON.parse(check.stdout);
		expect(checks.find(({ id }: { id: string }) => id === "certificates-good")).toMatchObject({ status: "pass" });
		expect(check.stdout).not.toMatch(/\$\(/);
	}

	it.each<[name: string, change: (manifest: string) => string]>([
		["downward-tls", (manifest) => manifest],
		["pod-address", (manifest) => manifest.replace(ADVERTISED, "--advertise-client-urls=https://$(POD_IP):2379")],
		[
			"node-name",
			(manifest) => manifest.replace(ADVERTISED, "--advertise-client-urls=https://$(NODE_NAME).example.com:2379"),
		],
		["trusted-ca-alone", (manifest) => manifest.replace("- --client-cert-auth\n", "")],
	])("%s: 1 to 3 to 2, and nothing has to be given", async (namespace, change) => {
		const etcd = await start(namespace, change);
		await looksGood(etcd, 1);
		await etcd.etcdctl("put", "a", "b");
		for (const [from, to] of [
			[1, 3],
			[3, 2],
		] as const) {
			const ran = await etcd.quorate("scale", "--replicas", String(to), "--yes", "-o", "json");
			expect(ran.code, ran.stderr).toBe(0);
			expect(JSON.parse(ran.stdout)).toMatchObject({ from, to, proof: { equal: true } });
		}
		await looksGood(etcd, 2);
		expect(await etcd.etcdctl("get", "a", "--print-value-only")).toBe("b\n");
		const file = join(folder, `${namespace}.db`);
		const saved = await etcd.quorate("snapshot", "save", file);
		expect(saved.code, saved.stderr).toBe(0);
		const runbook = await etcd.quorate("snapshot", "restore", file, "--runbook");
		expect(runbook.code, runbook.stderr).toBe(0);
		expect(runbook.stdout).toContain(`etcd-1=https://etcd-1.etcd.${namespace}.svc:2380`);
		await etcd.destroy();
	});

	describe("credentials that etcd does not accept: one error, and nothing else is claimed", () => {
		let etcd: CaseCluster;
		beforeAll(async () => {
			etcd = await start("refused", (manifest) => manifest);
		});
		afterAll(() => etcd?.destroy());

		const file = async (name: string, text: string) => {
			await writeFile(join(folder, name), text, { mode: 0o600 });
			return join(folder, name);
		};
		const pair = async (name: string, { cert, key }: { cert: string; key: string }) => [
			...["--cert", await file(`${name}.pem`, cert), "--key", await file(`${name}-key.pem`, key)],
		];

		async function refused(flags: readonly string[], words: RegExp) {
			const before = await etcd.state();
			for (const command of [["status"], ["check"], ["validate"], ["plan", "--replicas", "3"]]) {
				const ran = await etcd.quorate(...command, ...flags);
				expect(ran.stderr.replaceAll(/\n\s+/g, " ")).toMatch(words);
				expect(ran.stderr).toMatch(/next: /);
				expect(ran.stdout).toBe("");
				expect(ran.code).toBe(1);
			}
			expect(await etcd.state()).toEqual(before);
		}

		it("a client certificate that has expired", async () => {
			const flags = await pair("old", await authority.sign(["client"], new Date("2020-02-01")));
			await refused(flags, /does not accept the client certificate \S+old\.pem: it expired on 2020-02-01/);
		});

		it("a client certificate that another authority signed", async () => {
			const flags = await pair("other", await (await caseAuthority()).sign(["client"]));
			const words = /client certificate \S+other\.pem: it is not signed by an authority that etcd trusts/;
			await refused(flags, words);
		});

		it("an authority that did not sign what etcd shows", async () => {
			const flags = ["--cacert", await file("other-ca.pem", (await caseAuthority()).ca)];
			await refused(flags, /the certificate that etcd shows cannot be trusted: it is not signed by \S+other-ca\.pem/);
		});

		it("a name that its certificate is not for", () =>
			refused(["--server-name", "other.example.com"], /is not for other\.example\.com.*\*\.etcd\.refused\.svc/));
	});
});
