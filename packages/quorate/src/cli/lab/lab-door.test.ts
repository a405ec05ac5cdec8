import { describe, expect, it } from "vitest";
import { type LabDoor, loadLab, withLab } from "./lab-door.ts";

describe("the lab's package", () => {
	it("is told to be missing, with how to install it", async () => {
		await expect(loadLab("looking for labs", "quorate-lab-that-is-not-there")).rejects.toMatchObject({
			code: "LabMissing",
			operation: "looking for labs",
			message: "the package quorate-lab-that-is-not-there is not installed",
			hint: expect.stringContaining("npm install quorate-lab"),
		});
	});

	it("is told to be of another version where it lacks something", async () => {
		await expect(loadLab("looking for labs", "node:path")).rejects.toMatchObject({
			code: "LabMissing",
			message: expect.stringContaining("it has no upLab, downLab"),
		});
	});

	it("has its failures told as ours", async () => {
		const failure = Object.assign(new Error("no lab of that name"), {
			name: "LabError",
			code: "LabNotFound",
			operation: "finding the lab",
			hint: "see quorate lab list",
		});
		const failing = async () => ({ listLabs: () => Promise.reject(failure) }) as unknown as LabDoor;
		await expect(withLab("looking for labs", (lab) => lab.listLabs(), failing)).rejects.toMatchObject({
			code: "LabFailed",
			operation: "finding the lab",
			message: "no lab of that name",
			hint: "see quorate lab list",
		});
	});

	it("has its defects told as defects", async () => {
		const failing = async () => ({ listLabs: () => Promise.reject(new TypeError("x")) }) as unknown as LabDoor;
		await expect(withLab("", (lab) => lab.listLabs(), failing)).rejects.toBeInstanceOf(TypeError);
	});
});
