import { spawn } from "node:child_process";
import { QuorateError } from "../errors.ts";
import { bearer, type Credentials, type Identity } from "./credentials.ts";
import type { ExecEntry } from "./kubeconfig-file.ts";

/** What a plugin is told of the cluster where `provideClusterInfo` is set. */
export interface ExecCluster {
	server: string;
	"tls-server-name"?: string;
	"insecure-skip-tls-verify"?: boolean;
	"certificate-authority-data"?: string;
	"proxy-url"?: string;
	config?: unknown;
}

interface ExecStatus {
	identity: Identity;
	/** milliseconds since the epoch */
	expires: number;
}

/**
 * A credential plugin (`exec` of a kubeconfig, client.authentication.k8s.io/v1 and v1beta1): it is run when there is no
 * credential yet, when the last one has expired, and when the server did not accept it. A plugin that may ask has the
 * terminal; of any other, what it says on stderr becomes part of the error.
 */
export function execCredentials(entry: ExecEntry, cluster: ExecCluster, file: string): Credentials {
	let current: Promise<ExecStatus> | undefined;
	const ask = (): Promise<ExecStatus> => {
		current ??= runPlugin(entry, cluster, file);
		const asked = current;
		asked.catch(() => {
			if (current === asked) current = undefined;
		});
		return asked;
	};
	return {
		async identity() {
			const asked = ask();
			const status = await asked;
			if (status.expires > Date.now()) return status.identity;
			if (current === asked) current = undefined;
			// One that is issued already expired is sent all the same: the clocks may differ.
			return (await ask()).identity;
		},
		rejected() {
			current = undefined;
			return true;
		},
	};
}

async function runPlugin(entry: ExecEntry, cluster: ExecCluster, file: string): Promise<ExecStatus> {
	const mode = entry.interactiveMode ?? "IfAvailable";
	const terminal = process.stdin.isTTY === true;
	if (mode === "Always" && !terminal) {
		throw failed(entry, file, "wants to ask on a terminal, and there is none", "log in on a terminal first");
	}
	const interactive = mode !== "Never" && terminal;
	const spec = { interactive, ...(entry.provideClusterInfo ? { cluster } : {}) };
	const info = JSON.stringify({ kind: "ExecCredential", apiVersion: entry.apiVersion, spec });
	const own = Object.fromEntries(entry.env.map(({ name, value }) => [name, value]));
	const env = { ...process.env, ...own, KUBERNETES_EXEC_INFO: info };
	const { code, stdout, stderr } = await run(entry, file, env, interactive);
	if (code !== 0) {
		const said = stderr.trim().split("\n").slice(-3).join(" | ");
		throw failed(entry, file, `ended with ${code}${said ? `: ${said}` : ""}`, "log in with it, then try again");
	}
	return readCredential(entry, file, stdout);
}

function run(
	entry: ExecEntry,
	file: string,
	env: NodeJS.ProcessEnv,
	interactive: boolean,
): Promise<{ code: number | string; stdout: string; stderr: string }> {
	return new Promise((resolve, reject) => {
		const shared = interactive ? "inherit" : "pipe";
		const child = spawn(entry.command, entry.args, {
			env,
			stdio: [interactive ? "inherit" : "ignore", "pipe", shared],
		});
		let stdout = "";
		let stderr = "";
		child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
		child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
		child.on("error", (error) => {
			const code = "code" in error ? error.code : undefined;
			// of a bare name, EACCES tells as well of a folder in PATH that may not be looked into
			const missing = code === "ENOENT" || (code === "EACCES" && !entry.command.includes("/"));
			const problem = missing
				? `is not installed, or not on PATH${code === "EACCES" ? " where this user may run it" : ""}`
				: `cannot be run: ${error.message}`;
			reject(failed(entry, file, problem, entry.installHint?.trim() || `install ${entry.command}`, error));
		});
		child.on("close", (code, signal) => resolve({ code: code ?? signal ?? "?", stdout, stderr }));
	});
}

function readCredential(entry: ExecEntry, file: string, stdout: string): ExecStatus {
	const wrong = (problem: string) =>
		failed(entry, file, problem, "is its version the one that the kubeconfig was made for?");
	let credential: unknown;
	try {
		credential = JSON.parse(stdout);
	} catch {
		throw wrong("did not print JSON");
	}
	const { kind, apiVersion, status } = (credential ?? {}) as Record<string, unknown>;
	if (kind !== "ExecCredential") throw wrong("did not print an ExecCredential");
	if (apiVersion !== entry.apiVersion) throw wrong(`printed ${apiVersion}, and ${entry.apiVersion} was asked for`);
	const fields = (status ?? {}) as Record<string, unknown>;
	const text = (key: string) => (typeof fields[key] === "string" && fields[key] !== "" ? fields[key] : undefined);
	const [token, cert, key] = [text("token"), text("clientCertificateData"), text("clientKeyData")];
	if (token === undefined && cert === undefined) throw wrong("printed neither a token nor a certificate");
	if ((cert === undefined) !== (key === undefined)) throw wrong("printed a certificate without a key, or a key alone");
	const expires = text("expirationTimestamp");
	const time = expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires);
	if (Number.isNaN(time)) throw wrong(`printed an expirationTimestamp that is no time: ${expires}`);
	const identity: Identity = { headers: token === undefined ? {} : bearer(token) };
	return { identity: cert !== undefined && key !== undefined ? { ...identity, cert, key } : identity, expires: time };
}

function failed(entry: ExecEntry, file: string, problem: string, hint: string, cause?: unknown): QuorateError {
	return new QuorateError("Unauthorized", {
		operation: "asking the credential plugin who we are",
		message: `${entry.command} (named in ${file}) ${problem}`,
		hint,
		cause,
	});
}
