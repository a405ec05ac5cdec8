import { ApiError } from "../api-error.ts";
import { resourceName } from "./kind.ts";

interface Named {
	group: string;
	plural: string;
	kind: string;
}

const details = (kind: Named, name: string) => ({
	name,
	...(kind.group ? { group: kind.group } : {}),
	kind: kind.plural,
});

export const notFound = (kind: Named, name: string) =>
	new ApiError(404, "NotFound", `${resourceName(kind)} ${JSON.stringify(name)} not found`, details(kind, name));

export const alreadyExists = (kind: Named, name: string) =>
	new ApiError(
		409,
		"AlreadyExists",
		`${resourceName(kind)} ${JSON.stringify(name)} already exists`,
		details(kind, name),
	);

export const conflict = (kind: Named, name: string, why: string) =>
	new ApiError(
		409,
		"Conflict",
		`Operation cannot be fulfilled on ${resourceName(kind)} ${JSON.stringify(name)}: ${why}`,
		details(kind, name),
	);

export const staleVersion = (kind: Named, name: string) =>
	conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again");

export const badRequest = (message: string) => new ApiError(400, "BadRequest", message);

export const methodNotAllowed = () =>
	new ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

export const noSuchPath = () => new ApiError(404, "NotFound", "the server could not find the requested resource");

export const gone = (asked: number, oldest: number) =>
	new ApiError(410, "Expired", `too old resource version: ${asked} (${oldest})`);

/** A body that is of another type than the resource: `StatefulSet in version "v1" cannot be handled as a StatefulSet: …`. */
export const undecodable = (kind: { version: string; kind: string; as?: string }, why: string) =>
	badRequest(
		`${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.as ?? kind.kind}: ${why}`,
	);

const SHOWN = 30;

/** A body that is not even an object. */
export function unrecognized(kind: string, why: string, body: string): ApiError {
	const cut = (text: string) => (text.length > SHOWN ? `${text.slice(0, SHOWN)} ...` : text);
	const shown =
		body === "" ? "<empty>" : cut(body.startsWith("{") ? body : Buffer.from(body.slice(0, SHOWN)).toString("hex"));
	return badRequest(
		`the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why} (${shown})`,
	);
}
