import { readerGone } from "./interrupt.ts";
import { run } from "./run.ts";
import { processTerminal } from "./terminal.ts";

for (const stream of [process.stdout, process.stderr])
	stream.on("error", (error: NodeJS.ErrnoException) => {
		// `quorate status | head -1`, or a terminal that was closed: there is nobody left to tell
		if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
		if (!readerGone()) process.exit();
	});

process.exitCode = await run(process.argv, processTerminal());
