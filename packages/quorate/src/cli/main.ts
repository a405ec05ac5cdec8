import { readerGone } from "./interrupt.ts";
import { run } from "./run.ts";
import { processTerminal } from "./terminal.ts";

for (const stream of [process.stdout, process.stderr])
	stream.on("error", (error: NodeJS.ErrnoException) => {
		if (error.code !== "EPIPE") throw error;
		// `quorate status | head -1`: there is nobody left to tell
		if (!readerGone()) process.exit();
	});

process.exitCode = await run(process.argv, processTerminal());
