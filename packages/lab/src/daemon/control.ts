import { createServer, request } from "node:http";
import { json, text } from "node:stream/consumers";
import { LabError } from "../lab-error.ts";
import { timeLimit } from "../time-limit.ts";
import { fromPlain, type MachineQuestion, toPlain } from "./messages.ts";
import type { LabRecord } from "./record.ts";
import { listenIn, SocketFolder } from "./socket-folder.ts";

const SOCKET = "control.sock";

export interface ControlHandlers {
	status(): { record: LabRecord };
	/** passes a question on to the machine */
	ask(question: MachineQuestion): Promise<unknown>;
}

/** HTTP on a Unix socket in the lab's folder, for the lab's own commands: `GET /status`, `POST /ask`. */
export async function serveControl(folder: SocketFolder, handlers: ControlHandlers): Promise<{ close(): void }> {
	const server = createServer((incoming, response) => {
		const answer = async (): Promise<unknown> => {
			if (incoming.url === "/status") return handlers.status();
			if (incoming.url === "/ask") return handlers.ask((await json(incoming)) as MachineQuestion);
			throw new LabError("InvalidOption", { operation: "asking the lab", message: `it knows no ${incoming.url}` });
		};
		answer().then(
			(body) => response.writeHead(200).end(JSON.stringify(body ?? null)),
			(error: unknown) => response.writeHead(500).end(JSON.stringify(toPlain(error, "asking the lab"))),
		);
	});
	await listenIn(folder, SOCKET, server);
	return {
		close: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}

/** Asks the supervisor of the lab in `folder`. */
export async function askControl<T>(
	folder: string,
	path: "/status" | "/ask",
	question?: MachineQuestion,
	signal: AbortSignal = timeLimit(10_000),
): Promise<T> {
	const sockets = new SocketFolder(folder);
	try {
		const { status, body } = await new Promise<{ status: number; body: string }>((resolve, reject) => {
			const sent = request(
				{ socketPath: sockets.path(SOCKET), path, method: question ? "POST" : "GET", agent: false, signal },
				(response) => {
					text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
				},
			);
			sent.on("error", reject).end(question ? JSON.stringify(question) : undefined);
		});
		if (status !== 200) throw fromPlain(JSON.parse(body));
		return JSON.parse(body);
	} finally {
		sockets.close();
	}
}
