/** The transitions without faults, as pairs of state numbers. */
export class Edges {
	#from = new Int32Array(1 << 16);
	#to = new Int32Array(1 << 16);
	#effect = new Uint8Array(1 << 16);
	size = 0;

	/** @param effect the tool changes something by it */
	add(from: number, to: number, effect: boolean): void {
		if (this.size === this.#from.length) this.#grow();
		this.#from[this.size] = from;
		this.#to[this.size] = to;
		this.#effect[this.size++] = effect ? 1 : 0;
	}

	*all(): Generator<[from: number, to: number, effect: boolean]> {
		for (let edge = 0; edge < this.size; edge++)
			yield [this.#from[edge] ?? 0, this.#to[edge] ?? 0, this.#effect[edge] === 1];
	}

	/** Edges sorted by one of their ends: those of state s are `list[start[s]]` up to `list[start[s + 1]]`. */
	by(end: "from" | "to", states: number): { start: Int32Array; list: Int32Array } {
		const key = end === "from" ? this.#from : this.#to;
		const value = end === "from" ? this.#to : this.#from;
		const start = new Int32Array(states + 2);
		for (let edge = 0; edge < this.size; edge++) start[(key[edge] ?? 0) + 2] = (start[(key[edge] ?? 0) + 2] ?? 0) + 1;
		for (let state = 0; state < states; state++) start[state + 2] = (start[state + 2] ?? 0) + (start[state + 1] ?? 0);
		const list = new Int32Array(this.size);
		for (let edge = 0; edge < this.size; edge++) {
			const at = start[(key[edge] ?? 0) + 1] ?? 0;
			list[at] = value[edge] ?? 0;
			start[(key[edge] ?? 0) + 1] = at + 1;
		}
		return { start, list };
	}

	#grow(): void {
		const twice = <T extends Int32Array | Uint8Array>(old: T, fresh: T): T => {
			fresh.set(old);
			return fresh;
		};
		this.#from = twice(this.#from, new Int32Array(this.size * 2));
		this.#to = twice(this.#to, new Int32Array(this.size * 2));
		this.#effect = twice(this.#effect, new Uint8Array(this.size * 2));
	}
}

/** The first state from which none of the good ends can be reached any more. */
export function neverEnding(states: number, edges: Edges, good: readonly number[]): number | undefined {
	const { start, list } = edges.by("to", states);
	const reaches = new Uint8Array(states);
	const stack = [...new Set(good)];
	for (const state of stack) reaches[state] = 1;
	for (let state = stack.pop(); state !== undefined; state = stack.pop())
		for (let edge = start[state] ?? 0; edge < (start[state + 1] ?? 0); edge++) {
			const before = list[edge] ?? 0;
			if (reaches[before]) continue;
			reaches[before] = 1;
			stack.push(before);
		}
	const stuck = reaches.indexOf(0);
	return stuck < 0 ? undefined : stuck;
}

/** The first state from which the tool changes something and can come back to it without any fault: what it does, it undoes. */
export function roundAndRound(states: number, edges: Edges): number | undefined {
	const component = components(states, edges);
	for (const [from, to, effect] of edges.all()) if (effect && component[from] === component[to]) return from;
	return undefined;
}

/** Tarjan's strongly connected components, without recursion. */
function components(states: number, edges: Edges): Int32Array {
	const { start, list } = edges.by("from", states);
	const order = new Int32Array(states).fill(-1);
	const low = new Int32Array(states);
	const component = new Int32Array(states).fill(-1);
	const at = new Int32Array(states);
	const open: number[] = [];
	let count = 0;
	let found = 0;
	for (let root = 0; root < states; root++) {
		if (order[root] !== -1) continue;
		const path = [root];
		while (path.length > 0) {
			const state = path.at(-1) ?? 0;
			if (order[state] === -1) {
				order[state] = low[state] = count++;
				at[state] = start[state] ?? 0;
				open.push(state);
			}
			const edge = at[state] ?? 0;
			if (edge < (start[state + 1] ?? 0)) {
				at[state] = edge + 1;
				const to = list[edge] ?? 0;
				if (order[to] === -1) path.push(to);
				else if (component[to] === -1) low[state] = Math.min(low[state] ?? 0, order[to] ?? 0);
				continue;
			}
			path.pop();
			const parent = path.at(-1);
			if (parent !== undefined) low[parent] = Math.min(low[parent] ?? 0, low[state] ?? 0);
			if (low[state] !== order[state]) continue;
			for (let member = open.pop(); member !== undefined; member = open.pop()) {
				component[member] = found;
				if (member === state) break;
			}
			found++;
		}
	}
	return component;
}
