import { normalise } from "./normalise.ts";

interface Event {
	involvedObject: { kind: string; name: string; fieldPath?: string };
	type: string;
	reason: string;
	message: string;
	source?: { component?: string };
	reportingComponent?: string;
	metadata: { name: string };
}

/** Said, or not, as somebody came before or after another: probes, caches that are behind, images that are there or not. */
const BY_CHANCE =
	/^(Unhealthy|ProbeWarning|FailedMount|FailedScheduling|Pulling|Pulled|ClusterIPNotAllocated|FailedToUpdateEndpoint(Slices)?)$/;
/**
 * What was said of each object, in the order in which it was said first. Across objects there is no order: their
 * controllers run side by side.
 */
export function eventsByObject(list: unknown, namespace: string, sorted = false): Record<string, string[]> {
	const { items = [] } = (list ?? {}) as { items?: Event[] };
	const found: Record<string, string[]> = {};
	for (const event of items.toSorted((a, b) => begin(a) - begin(b))) {
		if (BY_CHANCE.test(event.reason)) continue;
		const { kind, name, fieldPath } = event.involvedObject;
		const object = normalise(`${kind} ${name}`, namespace);
		const component = event.reportingComponent || event.source?.component;
		const where = fieldPath === undefined ? "" : ` (${fieldPath})`;
		const line = normalise(`${component}: ${event.type} ${event.reason}${where}: ${event.message}`, namespace);
		const said = found[object] ?? [];
		found[object] = said.includes(line) ? said : [...said, line];
	}
	if (sorted) for (const said of Object.values(found)) said.sort();
	return found;
}

/** An event's name ends in the time at which it was first said, in nanoseconds and hexadecimal. */
const begin = ({ metadata }: Event) => Number.parseInt(metadata.name.split(".").at(-1) ?? "", 16);
