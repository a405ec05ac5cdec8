import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { type History, type HistoryJSON, historyJSON, parseHistory, type RecordedHistory } from "./history.ts";

/** Which StatefulSet is meant: by its uid, as names are used again. */
export interface HistoryOwner {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
}

interface HistoryFile extends HistoryJSON {
	readonly version: 1;
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	/** RFC 3339 */
	readonly at: string;
	/** the command */
	readonly by: string;
}

/** `${XDG_STATE_HOME:-~/.local/state}/quorate/history`. A variable that is not an absolute path is to be ignored. */
export function historyFolder({ XDG_STATE_HOME: named }: NodeJS.ProcessEnv = process.env): string {
	const base = named !== undefined && isAbsolute(named) ? named : join(homedir(), ".local/state");
	return join(base, "quorate", "history");
}

/**
 * Remembers, between runs and on this machine, what each cluster held when it was last proven: one small file a StatefulSet. The cluster itself
 * is left as it was found (docs/adr/0008). What cannot be read or written is reported and fails nothing.
 */
export class HistoryStore {
	readonly #folder: string;
	readonly #onProblem: (why: string) => void;

	constructor(folder: string, onProblem: (why: string) => void = () => {}) {
		this.#folder = folder;
		this.#onProblem = onProblem;
	}

	/** What was recorded last; undefined: nothing was, or it cannot be read. */
	async read(owner: HistoryOwner): Promise<RecordedHistory | undefined> {
		const path = this.#path(owner);
		try {
			const file = JSON.parse(await readFile(path, "utf8")) as HistoryFile;
			const history = file?.version === 1 ? parseHistory(file) : undefined;
			if (!history || file.uid !== owner.uid) {
				throw new Error("it is not what quorate writes");
			}
			const accept = `quorate validate sts/${owner.name} -n ${owner.namespace} --accept-history`;
			return { ...history, by: `quorate ${file.by} on ${file.at}`, accept };
		} catch (error) {
			if (!isMissing(error)) {
				this.#onProblem(
					`what was recorded of ${owner.namespace}/${owner.name} cannot be read (${path}): ${message(error)}`,
				);
			}
			return undefined;
		}
	}

	async write(owner: HistoryOwner, history: History, by: string): Promise<void> {
		const path = this.#path(owner);
		const { namespace, name, uid } = owner;
		const at = new Date().toISOString().replace(/\.\d+/, "");
		const file: HistoryFile = { version: 1, namespace, name, uid, at, by, ...historyJSON(history) };
		const temporary = `${path}.${process.pid}`;
		try {
			await mkdir(this.#folder, { recursive: true, mode: 0o700 });
			await writeFile(temporary, `${JSON.stringify(file)}\n`, { mode: 0o600 });
			await rename(temporary, path);
		} catch (error) {
			await rm(temporary, { force: true }).catch(() => {});
			this.#onProblem(
				`what ${namespace}/${name} holds cannot be recorded for the next run (${path}): ${message(error)}`,
			);
		}
	}

	#path({ uid }: HistoryOwner): string {
		return join(this.#folder, `${uid.replaceAll(/[^\w-]/g, "_")}.json`);
	}
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));
