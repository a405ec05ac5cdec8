import { once } from "node:events";
import type { LogOptions } from "../api.ts";
import { badRequest } from "../machinery/errors.ts";
import { notANumber } from "../machinery/resource-version.ts";
import { Violations } from "../machinery/violations.ts";
import type { ResourceRequest } from "./context.ts";
import { containerOf, podOf } from "./pod-container.ts";
import { isTrue } from "./request-info.ts";

/** A container's output, as plain text, while it comes where `follow` asks for that. */
export async function streamLog(call: ResourceRequest): Promise<void> {
	const { info, response, runtime, resources, target, signal } = call;
	const pod = podOf(resources, target.namespace, target.name ?? "");
	const options = logOptions(info.query, target.name ?? "");
	const container = containerOf(pod, info.query.get("container"));
	const output = runtime.logs(pod, container, options, signal)[Symbol.asyncIterator]();
	// What is wrong with the request shows with the first piece, before the answer has begun.
	let next = await output.next();
	response.writeHead(200, { "Content-Type": "text/plain", "Cache-Control": "no-cache, private" });
	response.flushHeaders();
	while (!next.done && !response.destroyed) {
		if (!response.write(next.value) && !response.destroyed)
			await Promise.race([once(response, "drain"), once(response, "close")]);
		next = await output.next();
	}
	response.end();
	await output.return?.();
}

function logOptions(query: URLSearchParams, pod: string): LogOptions {
	const errors = new Violations();
	const number = (name: string, minimum: number): number | undefined => {
		const text = query.get(name);
		if (text === null || text === "") return undefined;
		if (!/^-?\d{1,15}$/.test(text)) throw badRequest(notANumber(text).replace("Uint", "Int"));
		const least = minimum === 1 ? "must be greater than 0" : "must be greater than or equal to 0";
		if (Number(text) < minimum) errors.invalid(name, Number(text), least);
		return Number(text);
	};
	const tailLines = number("tailLines", 0);
	const sinceSeconds = number("sinceSeconds", 1);
	const limitBytes = number("limitBytes", 1);
	errors.throwIfAny({ group: "", kind: "PodLogOptions" }, pod);
	const sinceTime = query.get("sinceTime") ?? undefined;
	if (sinceTime !== undefined && Number.isNaN(Date.parse(sinceTime)))
		throw badRequest(`invalid sinceTime: ${JSON.stringify(sinceTime)}`);
	return {
		follow: isTrue(query.get("follow")),
		previous: isTrue(query.get("previous")),
		timestamps: isTrue(query.get("timestamps")),
		...(tailLines === undefined ? {} : { tailLines }),
		...(sinceSeconds === undefined ? {} : { sinceSeconds }),
		...(limitBytes === undefined ? {} : { limitBytes }),
		...(sinceTime === undefined ? {} : { sinceTime }),
	};
}
