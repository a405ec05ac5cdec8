import type { Container, HTTPGetAction } from "kubernetes-types/core/v1";

/** Where a probe or a hook is pointed at. */
export interface ProbeTarget {
	container: Container;
	/** the pod's address */
	address: string;
	/** Runs a command in the container: its exit code and what it printed. `signal` ends it. */
	exec(command: string[], signal: AbortSignal): Promise<{ code: number; output: string }>;
}

/** A port by number, or by its name among the container's ports; throws the kubelet's words where there is none. */
export function resolvePort(port: string | number, container: Container): number {
	const named = container.ports?.find((one) => one.name === port)?.containerPort;
	const number = named ?? Number(port);
	if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
	throw new Error(`couldn't find port: ${port}`);
}

export interface HttpTarget {
	url: string;
	headers: Record<string, string>;
}

export function httpTarget(action: HTTPGetAction, target: Pick<ProbeTarget, "address" | "container">): HttpTarget {
	const scheme = (action.scheme ?? "HTTP").toLowerCase();
	const port = resolvePort(action.port, target.container);
	const path = action.path ?? "/";
	const headers = (action.httpHeaders ?? []).map(({ name, value }) => [name, value]);
	return {
		url: `${scheme}://${action.host || target.address}:${port}${path.startsWith("/") ? path : `/${path}`}`,
		headers: { "user-agent": "kube-probe/1.34", accept: "*/*", connection: "close", ...Object.fromEntries(headers) },
	};
}
