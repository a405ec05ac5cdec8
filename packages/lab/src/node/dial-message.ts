const WORDS: Record<string, string> = {
	ECONNREFUSED: "connection refused",
	ECONNRESET: "connection reset by peer",
	EHOSTUNREACH: "no route to host",
	ENETUNREACH: "network is unreachable",
	ETIMEDOUT: "i/o timeout",
};

/** A connection's failure in the words that Go, and so every Kubernetes component, has for it. */
export function dialMessage(error: NodeJS.ErrnoException, target: string): string {
	const words = WORDS[error.code ?? ""];
	if (!words) return error.code === "EPIPE" || error.message.includes("hang up") ? "EOF" : error.message;
	if (error.syscall === "read") return `read tcp ${hostPort(target)}: read: ${words}`;
	return `dial tcp ${hostPort(target)}: ${error.code === "ETIMEDOUT" ? words : `connect: ${words}`}`;
}

function hostPort(target: string): string {
	if (!target.includes("://")) return target;
	const { hostname, port, protocol } = new URL(target);
	return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}
