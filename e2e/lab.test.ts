import { access, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downLab, labKubeconfig, listLabs, statusLab, upLab } from "quorate-lab";
import { describe, expect, it } from "vitest";
import { kubectl } from "./kubectl.ts";

/** Processes whose command line or environment names this folder. */
async function processesOf(word: string): Promise<string[]> {
	const found: string[] = [];
	for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
		const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
		if (command.includes(word) && Number(pid) !== process.pid) found.push(`${pid} ${command.replaceAll("\0", " ")}`);
	}
	return found;
}

describe("the lab", () => {
	it("runs two side by side, and leaves no process, mount or file", async () => {
		const home = await mkdtemp(join(tmpdir(), "quorate-lab-"));
		const state = process.env.XDG_STATE_HOME;
		process.env.XDG_STATE_HOME = home;
		try {
			const names = [`one-${process.pid}`, `two-${process.pid}`];
			await Promise.all(names.map((name) => upLab({ name, volumes: 5 }, {})));
			expect((await listLabs()).map((lab) => lab.name).sort()).toEqual(names);
			for (const name of names) {
				const pods = await kubectl(await labKubeconfig(name), ["get", "pods", "-n", "mayastor", "--no-headers"]);
				expect(
					pods
						.trim()
						.split("\n")
						.map((line) => line.split(/\s+/).slice(0, 4)),
				).toEqual([0, 1, 2].map((ordinal) => [`mayastor-etcd-${ordinal}`, "1/1", "Running", "0"]));
			}
			const [first = "", second = ""] = names;
			await downLab(first);
			expect((await statusLab(second)).phase).toBe("up");
			await downLab(second);
			expect(await listLabs()).toEqual([]);
			expect(await processesOf(home)).toEqual([]);
			expect(await readFile("/proc/mounts", "utf8")).not.toContain(home);
			expect(await readdir(join(home, "quorate", "labs")).catch(() => [])).toEqual([]);
			await expect(access(join(home, "quorate", "labs", first))).rejects.toThrow();
		} finally {
			if (state === undefined) delete process.env.XDG_STATE_HOME;
			else process.env.XDG_STATE_HOME = state;
			await rm(home, { recursive: true, force: true });
		}
	});
});
