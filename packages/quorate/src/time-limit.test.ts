import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { timeLimit } from "./time-limit.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

it("comes, though all that listens to it is a combination, and garbage is collected", async () => {
	const other = new AbortController();
	const listening = () => once(AbortSignal.any([other.signal, timeLimit(300)]), "abort");
	const came = listening().then(() => true);
	const collecting = setInterval(collectGarbage, 20);
	const never = new Promise<boolean>((resolve) => setTimeout(resolve, 5000, false));
	expect(await Promise.race([came, never])).toBe(true);
	clearInterval(collecting);
});
