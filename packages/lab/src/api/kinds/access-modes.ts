import type { Violations } from "../machinery/violations.ts";

const SHORT: Record<string, string> = {
	ReadWriteOnce: "RWO",
	ReadOnlyMany: "ROX",
	ReadWriteMany: "RWX",
	ReadWriteOncePod: "RWOP",
};

/** `RWO,RWX` */
export function accessModes(modes: string[] | undefined): string {
	return Object.entries(SHORT)
		.filter(([mode]) => modes?.includes(mode))
		.map(([, short]) => short)
		.join(",");
}

export function validateAccessModes(modes: string[] | undefined, field: string, errors: Violations, none = ""): void {
	if (!modes?.length) errors.required(field, none);
	for (const mode of modes ?? [])
		if (!Object.hasOwn(SHORT, mode)) errors.notSupported(field, mode, Object.keys(SHORT).sort());
	if (modes?.includes("ReadWriteOncePod") && modes.length > 1) {
		errors.forbidden(field, "may not use ReadWriteOncePod with other access modes");
	}
}
