import * as http from "node:http";
import * as https from "node:https";
import { dialMessage } from "./dial-message.ts";
import type { HttpTarget } from "./probe-target.ts";

/** More of an answer is not read. */
const BODY_LIMIT = 10 * 1024;

/** GETs and returns the status code and the beginning of the body; failures are worded as Go's HTTP client does. */
export function httpGet(
	{ url, headers }: HttpTarget,
	timeout: number,
	redirects = 10,
): Promise<{ status: number; body: string }> {
	const client = url.startsWith("https:") ? https : http;
	return new Promise((resolve, reject) => {
		const options = { headers, agent: false, timeout, rejectUnauthorized: false };
		const fail = (message: string) => reject(new Error(`Get ${JSON.stringify(url)}: ${message}`));
		const late = setTimeout(() => {
			fail("context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
			request.destroy();
		}, timeout);
		const request = client.get(url, options, (response) => {
			const location = response.headers.location;
			const status = response.statusCode ?? 0;
			if (status >= 300 && status < 400 && location && redirects > 0) {
				response.destroy();
				const next = new URL(location, url);
				// A redirect to another host counts as an answer: the kubelet does not go there.
				if (next.hostname !== new URL(url).hostname) return resolve({ status, body: "" });
				return resolve(httpGet({ url: next.href, headers }, timeout, redirects - 1));
			}
			let body = "";
			response.setEncoding("utf8");
			response.on("data", (text: string) => {
				body = (body + text).slice(0, BODY_LIMIT);
			});
			response.on("end", () => resolve({ status, body }));
			response.on("error", () => resolve({ status, body }));
		});
		request.on("error", (error: NodeJS.ErrnoException) => fail(dialMessage(error, url)));
		request.on("close", () => clearTimeout(late));
	});
}
