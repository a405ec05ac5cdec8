import { found, type Operation, written } from "./operation.ts";

export type Settled = Operation & { readonly returned: number };

/**
 * Decides about operations of unknown outcome, without changing the verdict: as each value is written once, one whose value was found did
 * take effect, before whoever found it returned; one whose value nobody found may as well never have happened.
 */
export function settle(operations: readonly Operation[]): Settled[] {
	const settled = operations.filter((operation): operation is Settled => operation.returned !== undefined);
	const open = new Map(
		operations.flatMap((operation) => {
			const value = written(operation.action);
			return operation.returned === undefined && value !== undefined ? [[value, operation] as const] : [];
		}),
	);
	const latest = new Map<string, number>();
	// one that is settled is a witness of what it found in its turn
	const look = (witness: Settled) => {
		const value = found(witness.action);
		if (typeof value === "string" && open.has(value))
			latest.set(value, Math.min(witness.returned, latest.get(value) ?? Number.POSITIVE_INFINITY));
	};
	settled.forEach(look);
	for (;;) {
		const before = JSON.stringify([...latest]);
		for (const [value, returned] of latest) {
			const operation = open.get(value);
			if (operation) look({ ...operation, returned });
		}
		if (JSON.stringify([...latest]) === before) break;
	}
	for (const [value, returned] of latest) {
		const operation = open.get(value);
		if (operation) settled.push({ ...operation, returned });
	}
	return settled;
}
