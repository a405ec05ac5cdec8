import type { Definition, DefinitionCondition, DefinitionNames } from "./definition.ts";
import { withCondition } from "./definition.ts";

const BY_NAME = [
	["plural", "PluralConflict"],
	["singular", "SingularConflict"],
	["kind", "KindConflict"],
	["listKind", "ListKindConflict"],
] as const;

/**
 * The status of a definition whose names have been compared with those that others of its group have: names that are free are
 * accepted, and once all were, the resource is served for good.
 * @param taken names of resources and of kinds that others have
 */
export function acceptNames(
	{ spec, status }: Definition,
	taken: { resources: ReadonlySet<string>; kinds: ReadonlySet<string> },
	time: string,
): NonNullable<Definition["status"]> {
	const wanted = spec.names;
	const accepted: DefinitionNames = { ...(status?.acceptedNames ?? { kind: "", plural: "" }) };
	let conflict: Pick<DefinitionCondition, "reason" | "message"> | undefined;
	const isFree = (name: string, current: string | undefined, among: ReadonlySet<string>) =>
		name === current || !among.has(name);
	const clash = (reason: string, names: string[]) => {
		const said = names.map((name) => `${JSON.stringify(name)} is already in use`);
		conflict = { reason, message: said.length === 1 ? (said[0] ?? "") : `[${said.join(", ")}]` };
	};
	for (const [field, reason] of BY_NAME) {
		const name = wanted[field] ?? "";
		const among = field === "kind" || field === "listKind" ? taken.kinds : taken.resources;
		if (isFree(name, accepted[field], among)) accepted[field] = name;
		else clash(reason, [name]);
	}
	const short = wanted.shortNames ?? [];
	const busy = short.filter((name) => !accepted.shortNames?.includes(name) && taken.resources.has(name));
	if (busy.length > 0) clash("ShortNamesConflict", busy);
	else set(accepted, "shortNames", short);
	set(accepted, "categories", wanted.categories ?? []);
	const named = conflict
		? ({ type: "NamesAccepted", status: "False", ...conflict } as const)
		: ({ type: "NamesAccepted", status: "True", reason: "NoConflicts", message: "no conflicts found" } as const);
	const established = status?.conditions?.some(({ type, status }) => type === "Established" && status === "True");
	let conditions = withCondition(status?.conditions ?? [], named, time);
	if (!established) {
		conditions = withCondition(
			conditions,
			conflict
				? { type: "Established", status: "False", reason: "NotAccepted", message: "not all names are accepted" }
				: {
						type: "Established",
						status: "True",
						reason: "InitialNamesAccepted",
						message: "the initial names have been accepted",
					},
			time,
		);
	}
	return { ...status, acceptedNames: accepted, conditions };
}

function set(names: DefinitionNames, field: "shortNames" | "categories", list: string[]): void {
	if (list.length > 0) names[field] = list;
	else delete names[field];
}
