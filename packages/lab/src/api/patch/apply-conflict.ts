import { ApiError, type StatusCause } from "../api-error.ts";
import { type FieldSet, pathsOf } from "./field-set.ts";
import { type Manager, managerId } from "./managed-fields.ts";
import { printPath } from "./path-element.ts";

/** Fields that another manager owns and the apply would change. */
export interface ManagerConflict {
	manager: Manager;
	set: FieldSet;
}

function printManager({ manager, subresource, operation, apiVersion }: Manager): string {
	const name = JSON.stringify(manager) + (subresource ? ` with subresource ${JSON.stringify(subresource)}` : "");
	return operation === "Update" ? `${name} using ${apiVersion}` : name;
}

/** 409, one cause for each field. */
export function conflictError(conflicts: readonly ManagerConflict[]): ApiError {
	const groups = conflicts
		.map(({ manager, set }) => ({
			id: managerId(manager),
			who: printManager(manager),
			fields: [...pathsOf(set)].map(printPath),
		}))
		.sort((a, b) => (a.id < b.id ? -1 : 1));
	const causes: StatusCause[] = groups.flatMap(({ who, fields }) =>
		fields.map((field) => ({ reason: "FieldManagerConflict", message: `conflict with ${who}`, field })),
	);
	const [only] = causes;
	if (causes.length === 1 && only) {
		return new ApiError(409, "Conflict", `Apply failed with 1 conflict: ${only.message}: ${only.field}`, { causes });
	}
	const lines = groups.flatMap(({ who, fields }) => [`conflicts with ${who}:`, ...fields.map((field) => `- ${field}`)]);
	return new ApiError(409, "Conflict", `Apply failed with ${causes.length} conflicts: ${lines.join("\n")}`, { causes });
}
