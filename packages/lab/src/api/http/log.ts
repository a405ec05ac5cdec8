import { once } from "node:events";
import type { LogOptions } from "../api.ts";
import { badRequest } from "../machinery/errors.ts";
import type { ResourceRequest } from "./context.ts";
import { containerOf, podOf } from "./pod-container.ts";
import { isTrue } from "./request-info.ts";

/** A container's output, as plain text, while it comes where `follow` asks for that. */
export async function streamLog(call: ResourceRequest): Promise<void> {
	const { info, response, runtime, resources, target, signal } = call;
	const pod = podOf(resources, target.namespace, target.name ?? "");
	const container = containerOf(pod, info.query.get("container"));
	const output = runtime.logs(pod, container, logOptions(info.query), signal)[Symbol.asyncIterator]();
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

function logOptions(query: URLSearchParams): LogOptions {
	const number = (name: string, minimum: number): number | undefined => {
		const text = query.get(name);
		if (text === null || text === "") return undefined;
		if (/^-?\d{1,15}$/.test(text) && Number(text) >= minimum) return Number(text);
		throw badRequest(`invalid ${name}: ${JSON.stringify(text)}: must be greater than or equal to ${minimum}`);
	};
	const tailLines = number("tailLines", 0);
	const sinceSeconds = number("sinceSeconds", 1);
	const limitBytes = number("limitBytes", 1);
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
