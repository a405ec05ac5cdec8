import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { run } from "./command.ts";

// Plain descriptors: a FileHandle would close its descriptor under the stream or the child when it is collected.
const open = promisify(fs.open);
const close = promisify(fs.close);
const { O_RDONLY, O_RDWR, O_WRONLY, O_NONBLOCK } = fs.constants;

/** The machine's own /run, which nobody outside sees. */
const FOLDER = "/run";

/** A real pipe between us and a child. */
export interface Pipe {
	/** the child's end, for its stdio */
	fd: number;
	/** our end: what the child writes, or what it shall read */
	stream: Socket;
	/** Closes the child's end here, once the child has it. */
	handOver(): Promise<void>;
}

/**
 * Node gives its children sockets, and a socket cannot be opened again through /dev/stdout or /dev/stderr, as scripts in
 * images do. So containers get pipes proper: named ones, whose names are gone once both ends are open.
 */
export async function createPipes(directions: readonly ("in" | "out")[]): Promise<Pipe[]> {
	if (directions.length === 0) return [];
	const pipes = directions.map((direction) => ({ direction, path: join(FOLDER, `pipe-${randomUUID()}`) }));
	const paths = pipes.map(({ path }) => path);
	await run("mkfifo", ["-m", "600", ...paths]);
	try {
		return await Promise.all(pipes.map(({ direction, path }) => openEnds(path, direction)));
	} finally {
		await Promise.all(paths.map((path) => fs.promises.unlink(path)));
	}
}

async function openEnds(path: string, direction: "in" | "out"): Promise<Pipe> {
	// Opened both ways first, since opening one end alone waits for the other.
	const both = await open(path, O_RDWR | O_NONBLOCK);
	const fd = await open(path, direction === "in" ? O_RDONLY : O_WRONLY);
	const own = await open(path, (direction === "in" ? O_WRONLY : O_RDONLY) | O_NONBLOCK);
	await close(both);
	const stream = new Socket({ fd: own, readable: direction === "out", writable: direction === "in" });
	return { fd, stream, handOver: () => close(fd) };
}
