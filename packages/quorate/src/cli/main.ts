import { run } from "./run.ts";
import { processTerminal } from "./terminal.ts";

// Whoever read the output has gone (`quorate status | head -1`): there is nobody left to tell.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
	throw error;
});

process.exitCode = await run(process.argv, processTerminal());
