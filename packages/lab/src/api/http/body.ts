import type { IncomingMessage } from "node:http";
import { parse as parseYaml } from "yaml";
import { ApiError } from "../api-error.ts";
import { badRequest, unrecognized } from "../machinery/errors.ts";
import { decodeProtobuf, PROTOBUF } from "../protobuf/decode.ts";
import { jsonProblem } from "./json-problem.ts";
import { mediaType } from "./media-types.ts";

/** As the API server of Kubernetes has it. */
export const MAX_BODY = 3 * 1024 * 1024;
const MAX_DEPTH = 512;

/** @throws {ApiError} 413 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > MAX_BODY) {
			throw new ApiError(413, "RequestEntityTooLarge", `Request entity too large: limit is ${MAX_BODY}`);
		}
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

/** The body as data; undefined where it is empty. @throws {ApiError} 400, 415 */
export function parseBody(bytes: Buffer, contentType: string | undefined, kind: string): unknown {
	const type = mediaType(contentType);
	if (bytes.length === 0) return undefined;
	if (type === "application/yaml" || type === "application/apply-patch+yaml")
		return parseYamlText(bytes.toString("utf8"));
	// A PUT of kubectl to /scale names no type at all.
	if (type === "" || type === "application/json" || type.endsWith("+json"))
		return parseJson(bytes.toString("utf8"), kind, type);
	if (type === PROTOBUF) return decodeProtobuf(bytes);
	throw new ApiError(
		415,
		"UnsupportedMediaType",
		"the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
	);
}

function parseJson(text: string, kind: string, type: string): unknown {
	checkDepth(text);
	try {
		return JSON.parse(text);
	} catch (error) {
		const problem = jsonProblem(error as Error, text);
		if (type === "application/strategic-merge-patch+json") throw badRequest(problem);
		if (type.endsWith("-patch+json")) throw badRequest(`error decoding patch: ${problem}`);
		throw unrecognized(kind, problem, text);
	}
}

function parseYamlText(text: string): unknown {
	checkDepth(text);
	try {
		// A document can hold itself by an alias; as JSON it cannot.
		return JSON.parse(JSON.stringify(parseYaml(text, { maxAliasCount: 100, merge: true }) ?? null));
	} catch (error) {
		throw badRequest(`error decoding YAML: ${(error as Error).message.split("\n")[0]}`);
	}
}

/** Nothing in Kubernetes is nested so deeply; walking such a body would overflow the stack. */
function checkDepth(text: string): void {
	let depth = 0;
	let inString = false;
	for (let index = 0; index < text.length; index++) {
		const letter = text.charCodeAt(index);
		if (inString) {
			if (letter === 92) index++;
			else if (letter === 34) inString = false;
		} else if (letter === 34) inString = true;
		else if (letter === 123 || letter === 91) {
			if (++depth > MAX_DEPTH) throw badRequest("exceeded max depth");
		} else if (letter === 125 || letter === 93) depth--;
	}
}
