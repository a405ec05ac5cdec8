import { styleFor } from "../render/style.ts";
import { memoryTerminal } from "./memory-terminal.ts";

/** No colours, Unicode symbols; a terminal of so many columns, or a pipe. */
export function plainStyle(columns?: number) {
	const terminal = memoryTerminal({ ...(columns === undefined ? {} : { columns }), env: { NO_COLOR: "1" } });
	return styleFor(terminal.stdout, terminal.env);
}
