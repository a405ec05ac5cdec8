import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { parseDocument } from "yaml";
import { QuorateError } from "../errors.ts";

export interface ClusterEntry {
	server?: string | undefined;
	tlsServerName?: string | undefined;
	insecureSkipTlsVerify: boolean;
	/** absolute */
	caFile?: string | undefined;
	/** base64 */
	caData?: string | undefined;
	proxyUrl?: string | undefined;
	/** what a credential plugin is given as the cluster's own `config` */
	execConfig?: unknown;
}

export interface ExecEntry {
	apiVersion: string;
	/** as written, or absolute where it was a relative path */
	command: string;
	args: string[];
	env: { name: string; value: string }[];
	installHint?: string | undefined;
	interactiveMode?: string | undefined;
	provideClusterInfo: boolean;
}

export interface UserEntry {
	certFile?: string | undefined;
	certData?: string | undefined;
	keyFile?: string | undefined;
	keyData?: string | undefined;
	token?: string | undefined;
	tokenFile?: string | undefined;
	username?: string | undefined;
	password?: string | undefined;
	as?: string | undefined;
	asUid?: string | undefined;
	asGroups: string[];
	asExtra: Record<string, string[]>;
	exec?: ExecEntry | undefined;
	authProvider?: { name: string; config: Record<string, string> } | undefined;
}

export interface ContextEntry {
	cluster?: string | undefined;
	user?: string | undefined;
	namespace?: string | undefined;
}

/** One entry, and the file that it is from. */
export interface Entry<T> {
	file: string;
	value: T;
}

/** One kubeconfig, or several merged. */
export interface Kubeconfig {
	currentContext?: string | undefined;
	clusters: Map<string, Entry<ClusterEntry>>;
	users: Map<string, Entry<UserEntry>>;
	contexts: Map<string, Entry<ContextEntry>>;
}

/** What is wrong with a kubeconfig, where, and what to do. */
export function kubeconfigInvalid(file: string, problem: string, hint: string, cause?: unknown): QuorateError {
	const message = `${file}: ${problem}`;
	return new QuorateError("KubeconfigInvalid", { operation: "reading the kubeconfig", message, hint, cause });
}

/**
 * Reads one kubeconfig; paths in it are relative to its folder.
 *
 * @throws QuorateError KubeconfigInvalid
 */
export function readKubeconfig(file: string): Kubeconfig {
	let text: string;
	try {
		text = readFileSync(file, "utf8");
	} catch (error) {
		const code = error instanceof Error && "code" in error ? error.code : undefined;
		const problem = code === "ENOENT" ? "there is no such file" : `cannot be read (${code ?? error})`;
		throw kubeconfigInvalid(file, problem, "name another with --kubeconfig or KUBECONFIG", error);
	}
	return parseKubeconfig(file, text);
}

/** @throws QuorateError KubeconfigInvalid */
function parseKubeconfig(file: string, text: string): Kubeconfig {
	return new Reader(file).config(parseYaml(file, text));
}

function parseYaml(file: string, text: string): unknown {
	const hint = "fix it, or name another with --kubeconfig or KUBECONFIG";
	try {
		const document = parseDocument(text, { logLevel: "error" });
		const [problem] = document.errors;
		if (problem) throw problem;
		return document.toJS();
	} catch (error) {
		const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
		throw kubeconfigInvalid(file, `not a kubeconfig: it is not YAML: ${reason}`, hint, error);
	}
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
	typeof value === "object" && value !== null && !Array.isArray(value);

class Reader {
	readonly #file: string;

	constructor(file: string) {
		this.#file = file;
	}

	config(value: unknown): Kubeconfig {
		const root = value ?? {};
		if (!isFields(root)) throw this.#wrong(`not a kubeconfig: it holds ${kindOf(root)}`);
		const kind = this.#string(root, "kind", "");
		if (kind !== undefined && kind !== "Config") throw this.#wrong(`not a kubeconfig: its kind is ${kind}, not Config`);
		return {
			currentContext: this.#string(root, "current-context", "") || undefined,
			clusters: this.#named(root, "clusters", "cluster", (fields, at) => this.#cluster(fields, at)),
			users: this.#named(root, "users", "user", (fields, at) => this.#user(fields, at)),
			contexts: this.#named(root, "contexts", "context", (fields, at) => this.#context(fields, at)),
		};
	}

	#cluster(fields: Fields, at: string): ClusterEntry {
		return {
			server: this.#string(fields, "server", at),
			tlsServerName: this.#string(fields, "tls-server-name", at),
			insecureSkipTlsVerify: this.#boolean(fields, "insecure-skip-tls-verify", at),
			caFile: this.#path(fields, "certificate-authority", at),
			caData: this.#string(fields, "certificate-authority-data", at),
			proxyUrl: this.#string(fields, "proxy-url", at),
			execConfig: this.#list(fields, "extensions", at)
				.map((item, i) => this.#object(item, `${at}.extensions[${i}]`))
				.find(({ name }) => name === "client.authentication.k8s.io/exec")?.extension,
		};
	}

	#user(fields: Fields, at: string): UserEntry {
		const extra = this.#optional(fields, "as-user-extra", at);
		const provider = this.#optional(fields, "auth-provider", at);
		const exec = this.#optional(fields, "exec", at);
		return {
			certFile: this.#path(fields, "client-certificate", at),
			certData: this.#string(fields, "client-certificate-data", at),
			keyFile: this.#path(fields, "client-key", at),
			keyData: this.#string(fields, "client-key-data", at),
			token: this.#string(fields, "token", at),
			tokenFile: this.#path(fields, "tokenFile", at),
			username: this.#string(fields, "username", at),
			password: this.#string(fields, "password", at),
			as: this.#string(fields, "as", at),
			asUid: this.#string(fields, "as-uid", at),
			asGroups: this.#strings(fields, "as-groups", at),
			asExtra: Object.fromEntries(
				Object.keys(extra ?? {}).map((key) => [key, this.#strings(extra ?? {}, key, `${at}.as-user-extra`)]),
			),
			exec: exec && this.#exec(exec, `${at}.exec`),
			authProvider: provider && this.#authProvider(provider, `${at}.auth-provider`),
		};
	}

	#context(fields: Fields, at: string): ContextEntry {
		return {
			cluster: this.#string(fields, "cluster", at),
			user: this.#string(fields, "user", at),
			namespace: this.#string(fields, "namespace", at),
		};
	}

	#exec(fields: Fields, at: string): ExecEntry {
		const command = this.#required(fields, "command", at);
		return {
			apiVersion: this.#required(fields, "apiVersion", at),
			// As kubectl has it: with a slash it is a path from the kubeconfig's folder, without one it is looked for in PATH.
			command: command.includes("/") ? this.#absolute(command) : command,
			args: this.#strings(fields, "args", at),
			env: this.#list(fields, "env", at).map((item, i) => {
				const where = `${at}.env[${i}]`;
				const entry = this.#object(item, where);
				return { name: this.#required(entry, "name", where), value: this.#string(entry, "value", where) ?? "" };
			}),
			installHint: this.#string(fields, "installHint", at),
			interactiveMode: this.#string(fields, "interactiveMode", at),
			provideClusterInfo: this.#boolean(fields, "provideClusterInfo", at),
		};
	}

	#authProvider(fields: Fields, at: string): { name: string; config: Record<string, string> } {
		const config = this.#optional(fields, "config", at) ?? {};
		const entries = Object.keys(config).map((key) => [key, this.#string(config, key, `${at}.config`) ?? ""]);
		return { name: this.#required(fields, "name", at), config: Object.fromEntries(entries) };
	}

	#named<T>(root: Fields, list: string, field: string, read: (fields: Fields, at: string) => T): Map<string, Entry<T>> {
		const result = new Map<string, Entry<T>>();
		for (const [i, item] of this.#list(root, list, "").entries()) {
			const entry = this.#object(item, `${list}[${i}]`);
			const name = this.#string(entry, "name", `${list}[${i}]`) ?? "";
			const at = `${list}[${i}].${field}`;
			const value = read(this.#optional(entry, field, `${list}[${i}]`) ?? {}, at);
			if (!result.has(name)) result.set(name, { file: this.#file, value });
		}
		return result;
	}

	#list(fields: Fields, key: string, at: string): unknown[] {
		const value = own(fields, key) ?? [];
		if (!Array.isArray(value)) throw this.#wrong(`${dotted(at, key)} is ${kindOf(value)}, not a list`);
		return value;
	}

	#strings(fields: Fields, key: string, at: string): string[] {
		return this.#list(fields, key, at).map((item, i) => {
			if (typeof item !== "string") throw this.#wrong(`${dotted(at, key)}[${i}] is ${kindOf(item)}, not text`);
			return item;
		});
	}

	#optional(fields: Fields, key: string, at: string): Fields | undefined {
		const value = own(fields, key) ?? undefined;
		return value === undefined ? undefined : this.#object(value, dotted(at, key));
	}

	#object(value: unknown, at: string): Fields {
		if (!isFields(value)) throw this.#wrong(`${at} is ${kindOf(value)}, not an object`);
		return value;
	}

	#string(fields: Fields, key: string, at: string): string | undefined {
		const value = own(fields, key) ?? undefined;
		if (value === undefined) return undefined;
		if (typeof value !== "string") throw this.#wrong(`${dotted(at, key)} is ${kindOf(value)}, not text`);
		if (value.includes("\0")) throw this.#wrong(`${dotted(at, key)} holds a zero byte`);
		return value;
	}

	#required(fields: Fields, key: string, at: string): string {
		const value = this.#string(fields, key, at);
		if (!value) throw this.#wrong(`${dotted(at, key)} is missing`);
		return value;
	}

	#path(fields: Fields, key: string, at: string): string | undefined {
		const value = this.#string(fields, key, at);
		return value ? this.#absolute(value) : undefined;
	}

	#absolute(path: string): string {
		return isAbsolute(path) ? path : join(dirname(this.#file), path);
	}

	#boolean(fields: Fields, key: string, at: string): boolean {
		const value = own(fields, key) ?? false;
		if (typeof value !== "boolean") throw this.#wrong(`${dotted(at, key)} is ${kindOf(value)}, not true or false`);
		return value;
	}

	#wrong(problem: string): QuorateError {
		return kubeconfigInvalid(this.#file, problem, "fix it, or name another with --kubeconfig or KUBECONFIG");
	}
}

function own(fields: Fields, key: string): unknown {
	return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

function dotted(at: string, key: string): string {
	return at === "" ? key : `${at}.${key}`;
}

function kindOf(value: unknown): string {
	if (value === null || value === undefined) return "empty";
	if (Array.isArray(value)) return "a list";
	if (typeof value === "string") return "text";
	return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
