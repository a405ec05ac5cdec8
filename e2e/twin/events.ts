import { normalise } from "./normalise.ts";

interface Event {
	involvedObject: { kind: string; name: string; fieldPath?: string };
	type: string;
	reason: string;
	message: string;
	source?: { component?: string };
	reportingComponent?: string;
	eventTime?: string | null;
	firstTimestamp?: string | null;
	metadata: { creationTimestamp: string; resourceVersion: string };
}

/** How often these are said depends on when somebody looked. */
const BY_CHANCE = /^(Unhealthy|ProbeWarning)$/;

/**
 * What was said of each object, in the order in which it was said first. Across objects there is no order: their
 * controllers run side by side.
 */
export function eventsByObject(list: unknown, namespace: string): Record<string, string[]> {
	const { items = [] } = (list ?? {}) as { items?: Event[] };
	const found: Record<string, string[]> = {};
	for (const event of items.toSorted((a, b) => begin(a) - begin(b) || version(a) - version(b))) {
		if (BY_CHANCE.test(event.reason)) continue;
		const { kind, name, fieldPath } = event.involvedObject;
		const object = normalise(`${kind} ${name}`, namespace);
		const component = event.reportingComponent || event.source?.component;
		const where = fieldPath === undefined ? "" : ` (${fieldPath})`;
		const line = normalise(`${component}: ${event.type} ${event.reason}${where}: ${event.message}`, namespace);
		const said = found[object] ?? [];
		found[object] = said.includes(line) ? said : [...said, line];
	}
	return found;
}

const begin = (event: Event) => Math.floor(Date.parse(event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp) / 1000);
const version = (event: Event) => Number(event.metadata.resourceVersion);
