import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { run } from "./kubectl.ts";

const DEMO = fileURLToPath(new URL("dist/demo.js", import.meta.url));

it("the demo says that it fetches etcd, how much that is, and that it is done once", async () => {
	const home = await mkdtemp(join(tmpdir(), "quorate-demo-"));
	// in pieces, as it comes over a network; not what was published, so that it ends there
	const mirror = createServer((_, answer) => {
		answer.writeHead(200, { "content-length": 3 * 2 ** 20 });
		for (let piece = 0; piece < 48; piece++) answer.write(Buffer.alloc(2 ** 16));
		answer.end();
	});
	onTestFinished(async () => {
		mirror.close();
		await rm(home, { recursive: true });
	});
	await new Promise<void>((resolve) => mirror.listen(0, "127.0.0.1", resolve));
	const address = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`;
	// a machine with what the lab needs, but etcd
	for (const tool of ["unshare", "nsenter", "mount", "tar"]) {
		const { stdout: path } = await run("sh", ["-c", `command -v ${tool}`]);
		await symlink(path.trim(), join(home, tool));
	}
	await writeFile(join(home, "true"), "#!/bin/sh\n", { mode: 0o755 });
	const env = { HOME: home, PATH: home, QUORATE_BWRAP: join(home, "true"), QUORATE_ETCD_MIRROR: address };
	const { code, stdout, stderr } = await run(process.execPath, [DEMO], { env });
	expect([code, stdout]).toEqual([1, ""]);
	expect(stderr.match(/^Fetching .*$/gm), stderr).toEqual([
		expect.stringMatching(/^Fetching etcd 3\.\d+\.\d+ \(3 MiB\); .*\bonce\b/),
	]);
	expect(stderr).toMatch(/^demo failed: .*SHA-256/m);
});
