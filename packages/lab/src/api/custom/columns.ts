import { AGE, NAME } from "../kinds/columns.ts";
import { humanDuration } from "../machinery/ages.ts";
import type { Column } from "../machinery/kind.ts";
import type { PrinterColumn } from "./definition.ts";
import { compilePath } from "./json-path.ts";

const NAME_COLUMN = NAME as Column;
const AGE_COLUMN = AGE as Column;

/** The table's columns: the name and what the definition adds; without additions, the age. */
export function customColumns(additional: readonly PrinterColumn[] | undefined): Column[] {
	if (!additional || additional.length === 0) return [NAME_COLUMN, AGE_COLUMN];
	return [NAME_COLUMN, ...additional.map(printed)];
}

function printed({ name, type, format, description, priority, jsonPath }: PrinterColumn): Column {
	const path = compilePath(jsonPath);
	return {
		name,
		type,
		...(format ? { format } : {}),
		description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
		priority: priority ?? 0,
		cell: (object, now) => cell(path?.(object)[0], type, now),
	};
}

/** What does not fit the column's type is left empty. */
function cell(value: unknown, type: string, now: number): string | number | boolean | null {
	if (value === undefined || value === null) return null;
	switch (type) {
		case "string":
			return typeof value === "object" ? JSON.stringify(value) : String(value);
		case "integer":
			return typeof value === "number" ? Math.trunc(value) : null;
		case "number":
			return typeof value === "number" ? value : null;
		case "boolean":
			return typeof value === "boolean" ? value : null;
		case "date": {
			if (typeof value !== "string") return null;
			const then = Date.parse(value);
			return Number.isNaN(then) ? "<invalid>" : humanDuration(now - then);
		}
		default:
			return null;
	}
}
