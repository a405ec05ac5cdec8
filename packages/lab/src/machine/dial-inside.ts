import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { findProgram } from "./command.ts";

/** Connects standard input and output with a port of localhost; each direction ends by itself. */
const SCRIPT = `
const socket = require("net").connect({ host: "127.0.0.1", port: Number(process.argv[1]), allowHalfOpen: true, noDelay: true });
process.stdin.pipe(socket).pipe(process.stdout);
for (const one of [socket, process.stdin, process.stdout]) one.on("error", () => process.exit(1));
`;

/** A connection to localhost in another network namespace. A process each: only for what listens nowhere else. */
export function dialInside(networkNamespace: string, port: number): Duplex {
	const nsenter = findProgram("nsenter") ?? "nsenter";
	const args = [`--net=${networkNamespace}`, process.execPath, "-e", SCRIPT, String(port)];
	const child = spawn(nsenter, args, { stdio: ["pipe", "pipe", "ignore"] });
	const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
	child.on("error", (error) => stream.destroy(error));
	stream.on("close", () => child.kill());
	return stream;
}
