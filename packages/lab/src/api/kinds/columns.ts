import { age } from "../machinery/ages.ts";
import type { Column } from "../machinery/kind.ts";

interface Aged {
	metadata?: { name?: string; creationTimestamp?: string };
}

export const NAME: Column<Aged> = {
	name: "Name",
	format: "name",
	description: "Name must be unique within a namespace.",
	cell: (object) => object.metadata?.name ?? "",
};

export const AGE: Column<Aged> = {
	name: "Age",
	description: "How long ago the object was created.",
	cell: (object, now) => age(object.metadata?.creationTimestamp, now),
};

export const CREATED_AT: Column<Aged> = {
	name: "Created At",
	type: "date",
	description: "When the object was created.",
	cell: (object) => object.metadata?.creationTimestamp ?? "",
};

/** A column of text. */
export const column = <T>(name: string, cell: Column<T>["cell"], priority = 0): Column<T> => ({ name, cell, priority });

export const wide = <T>(name: string, cell: Column<T>["cell"]): Column<T> => column(name, cell, 1);

/** What kubectl prints for an empty cell. */
export const orNone = (text: string | undefined) => (text ? text : "<none>");

/** `a=b,c=d` */
export const labelsText = (labels: Record<string, string> | undefined): string =>
	orNone(
		Object.entries(labels ?? {})
			.map(([key, value]) => `${key}=${value}`)
			.sort()
			.join(","),
	);

/** A label selector as kubectl prints it. */
export function selectorText(
	selector:
		| {
				matchLabels?: Record<string, string>;
				matchExpressions?: { key: string; operator: string; values?: string[] }[];
		  }
		| undefined,
): string {
	const parts = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
	for (const { key, operator, values } of selector?.matchExpressions ?? []) {
		const list = [...(values ?? [])].sort().join(",");
		if (operator === "In") parts.push(`${key} in (${list})`);
		else if (operator === "NotIn") parts.push(`${key} notin (${list})`);
		else parts.push(operator === "Exists" ? key : `!${key}`);
	}
	return parts.sort().join(",");
}

/** Bit of a pod template that tables show: names and images of its containers. */
export const containerNames = (template: { spec?: { containers: { name: string }[] } } | undefined): string =>
	(template?.spec?.containers ?? []).map((container) => container.name).join(",");

export const containerImages = (template: { spec?: { containers: { image?: string }[] } } | undefined): string =>
	(template?.spec?.containers ?? []).map((container) => container.image ?? "").join(",");
