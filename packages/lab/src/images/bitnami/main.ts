import { preStop, preUpgrade, saveSnapshot } from "./hooks.ts";
import { setUpNew } from "./new-generation.ts";
import { setUpOld } from "./old-generation.ts";
import { readSettings, type Settings } from "./settings.ts";

/** Runs inside a container of a Bitnami image, for the scripts of that image; `node main.js setup-old`, and so on. */
const TASKS: Record<string, (settings: Settings) => Promise<boolean>> = {
	"setup-old": setUpOld,
	"setup-new": setUpNew,
	prestop: preStop,
	preupgrade: preUpgrade,
	snapshot: saveSnapshot,
};

const task = TASKS[process.argv[2] ?? ""];
if (!task) throw new Error(`no task ${process.argv[2]}; there are ${Object.keys(TASKS).join(", ")}`);
process.exitCode = (await task(readSettings(process.env))) ? 0 : 1;
