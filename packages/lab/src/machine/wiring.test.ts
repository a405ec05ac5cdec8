import { expect, it } from "vitest";
import { Wiring } from "./wiring.ts";

it("heals one, and all that concerns it, or everybody", () => {
	const wiring = new Wiring();
	wiring.cut.add("n/a");
	wiring.slow.set("n/b", 10);
	wiring.part("n/a", "n/b");
	wiring.part("n/b", "n/a");
	wiring.part("n/b", "n/c");
	expect(wiring.areParted("n/b", "n/a")).toBe(true);
	expect(wiring.owners()).toEqual(["n/a", "n/b", "n/c"]);
	expect(wiring.heal("n/a")).toEqual({ wiring: ["n/a"], pairs: [["n/a", "n/b"]] });
	expect(wiring.areParted("n/a", "n/b")).toBe(false);
	expect(wiring.areParted("n/c", "n/b")).toBe(true);
	expect(wiring.heal()).toEqual({ wiring: ["n/b"], pairs: [["n/b", "n/c"]] });
	expect(wiring.owners()).toEqual([]);
});
