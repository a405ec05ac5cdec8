import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { askSecret } from "./ask-secret.ts";

function asked(...typed: (string | Buffer)[]) {
	const modes: boolean[] = [];
	const input = Object.assign(new PassThrough(), { setRawMode: (raw: boolean) => modes.push(raw) });
	const shown: string[] = [];
	const output = {
		write: (text: string) => void shown.push(text),
		writeBytes: async () => {},
		eraseLine: () => {},
		isTTY: true,
		columns: 80,
	};
	const answer = askSecret(input, output, "Password: ");
	for (const data of typed) input.write(data);
	return { answer, modes, input, shown: () => shown.join("") };
}

describe("a password", () => {
	it("is typed unseen, a line, and the terminal is as it was", async () => {
		const { answer, modes, shown } = asked("hun", "ter2\rmore");
		expect(await answer).toBe("hunter2");
		expect(modes).toEqual([true, false]);
		expect(shown()).toBe("Password: \n");
	});

	it("is corrected, and may be of any letters", async () => {
		const umlaut = Buffer.from("ä");
		expect(await asked("xy\b\x7fa\x15pä\x7f", umlaut.subarray(0, 1), umlaut.subarray(1), "🔑\n").answer).toBe("pä🔑");
	});

	it.each(["abc\x03", "\x04"])("is not given with %j", async (typed) => {
		const { answer, modes } = asked(typed);
		await expect(answer).rejects.toMatchObject({ code: "Declined" });
		expect(modes).toEqual([true, false]);
	});

	it("is not given where the input ends", async () => {
		const { answer, input } = asked("abc");
		input.end();
		await expect(answer).rejects.toMatchObject({ code: "Declined" });
	});
});
