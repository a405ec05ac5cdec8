import { schemas } from "../../../generated/schemas.ts";

/**
 * The shapes of Kubernetes' types: type name → field → code. Codes: `s` string, `b` boolean, `i` int32, `l` int64,
 * `d` double, `t` time, `m` time with microseconds, `y` bytes, `x` int or string, `q` quantity, `*` anything, `[…` array of,
 * `{…` map of, else the name of another type; a leading `!` where the field is required.
 */
export type Schemas = Record<string, Record<string, string>>;

export const SCHEMAS: Schemas = JSON.parse(schemas);

/** `V1StatefulSetSpec` → `StatefulSetSpec`, the name of the type in Kubernetes' own code and messages. */
export const goName = (type: string): string =>
	type.replace(/^(?:[A-Z][a-z]+)?V\d+(?:(?:alpha|beta)\d+)?(?=[A-Z])/, "");

/** The type's version: `V1Pod` → `v1`. */
export const goPackage = (type: string): string => (/V\d+(?:(?:alpha|beta)\d+)?/.exec(type)?.[0] ?? "V1").toLowerCase();
