import { Agent, request } from "node:http";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";

/** The call never reached the etcd that was meant. */
export class NotSent extends Error {
	override name = "NotSent";
}

/** One client of etcd, over its JSON gateway: one connection at a time, dialled anew once a call has failed. */
export class Gateway {
	readonly #dial: () => Promise<Duplex>;
	readonly #timeoutMs: number;
	readonly #cluster: { id?: unknown };
	#agent: Agent | undefined;

	/** `timeoutMs`: of one call; `cluster`: which one answers, learnt from the first answer. What a pod answers that began another one counts for nothing */
	constructor(dial: () => Promise<Duplex>, timeoutMs: number, cluster: { id?: unknown } = {}) {
		this.#dial = dial;
		this.#timeoutMs = timeoutMs;
		this.#cluster = cluster;
	}

	/** The answer to `/v3/<path>`. Rejects with {@link NotSent}, or with an error after which nothing is known. */
	async call(path: string, body: object): Promise<Record<string, unknown>> {
		const limit = AbortSignal.timeout(this.#timeoutMs);
		const agent = this.#agent ?? (await this.#connect(limit));
		this.#agent = agent;
		try {
			const answer = await post(agent, path, body, limit);
			const { cluster_id: id } = (answer.header ?? {}) as { cluster_id?: string };
			this.#cluster.id ??= id;
			if (id !== this.#cluster.id) throw new NotSent(`cluster ${id} answers, not ${this.#cluster.id}`);
			return answer;
		} catch (error) {
			this.close();
			throw error;
		}
	}

	close(): void {
		this.#agent?.destroy();
		this.#agent = undefined;
	}

	async #connect(limit: AbortSignal): Promise<Agent> {
		const dialled = this.#dial();
		const late = new Promise<never>((_, reject) => {
			limit.addEventListener("abort", () => reject(limit.reason), { once: true });
		});
		const stream = await Promise.race([dialled, late]).catch((cause) => {
			dialled.then((unused) => unused.destroy()).catch(() => {});
			throw new NotSent(`no connection: ${cause instanceof Error ? cause.message : cause}`, { cause });
		});
		let used = false;
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		agent.createConnection = (_options, callback) => {
			if (used) process.nextTick(() => callback?.(new NotSent("the connection has ended"), stream));
			const first = used ? undefined : stream;
			used = true;
			return first;
		};
		return agent;
	}
}

function post(agent: Agent, path: string, body: object, signal: AbortSignal): Promise<Record<string, unknown>> {
	return new Promise((resolve, reject) => {
		const sent = request({ agent, signal, method: "POST", host: "etcd", path: `/v3/${path}` }, async (response) => {
			try {
				const answer = await text(response);
				if (response.statusCode === 200) resolve(JSON.parse(answer));
				else reject(new Error(`${path}: ${response.statusCode} ${answer.trim()}`));
			} catch (error) {
				reject(error);
			}
		});
		sent.on("error", reject).end(JSON.stringify(body));
	});
}
