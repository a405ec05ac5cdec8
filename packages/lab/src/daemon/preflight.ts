import { readFile } from "node:fs/promises";
import { onPath } from "../binaries/on-path.ts";
import { run } from "../binaries/run.ts";
import { LabError } from "../lab-error.ts";

/** How the machine's namespaces are made; the program and its arguments follow. */
export const WITH_USER_NAMESPACE = ["--user", "--map-root-user"];
export const NAMESPACES = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

const TOOLS: Record<string, string> = {
	unshare: "util-linux",
	nsenter: "util-linux",
	mount: "mount (util-linux)",
	ip: "iproute2",
	tar: "tar",
};

/**
 * Whether a lab can run here. Returns the program that makes its namespaces, with its arguments. Throws LabError
 * UnsupportedPlatform, ToolMissing, or NamespacesUnavailable, which names the setting.
 */
export async function preflight(signal?: AbortSignal): Promise<[string, ...string[]]> {
	const operation = "looking whether a lab can run here";
	if (process.platform !== "linux") {
		throw new LabError("UnsupportedPlatform", {
			operation,
			message: `the lab needs Linux; this is ${process.platform}`,
			hint: "run it in a Linux machine (WSL 2, Lima, a server), or point quorate at any real cluster with --kubeconfig",
		});
	}
	const programs = await Promise.all(Object.keys(TOOLS).map(async (name) => ({ name, path: await onPath(name) })));
	const missing = programs.filter(({ path }) => path === undefined).map(({ name }) => name);
	if (missing.length > 0) {
		throw new LabError("ToolMissing", {
			operation,
			message: `not on this machine: ${missing.join(", ")}`,
			hint: `install the package${missing.length > 1 ? "s" : ""} ${[...new Set(missing.map((name) => TOOLS[name]))].join(", ")}`,
		});
	}
	const unshare = programs[0]?.path ?? "unshare";
	const asRoot = process.getuid?.() === 0;
	const stop = signal ? { signal } : {};
	const attempts = [[...WITH_USER_NAMESPACE, ...NAMESPACES], ...(asRoot ? [NAMESPACES] : [])];
	let complaint = "";
	for (const args of attempts) {
		const { code, stderr } = await run(unshare, [...args, "true"], { timeout: 10_000, ...stop });
		if (code === 0) return [unshare, ...args];
		complaint ||= stderr.trim();
	}
	throw explain(complaint, await readSettings());
}

/** Kernel settings that decide on user namespaces; undefined where a kernel does not have one. */
export interface NamespaceSettings {
	/** kernel.unprivileged_userns_clone (Debian's and Arch's kernels) */
	unprivilegedClone?: string;
	/** user.max_user_namespaces */
	maxUserNamespaces?: string;
	/** kernel.apparmor_restrict_unprivileged_userns (Ubuntu from 23.10) */
	apparmorRestricts?: string;
	/** inside a container, whose runtime may forbid them */
	container: boolean;
}

async function readSettings(): Promise<NamespaceSettings> {
	const read = (path: string) =>
		readFile(path, "utf8")
			.then((text) => text.trim())
			.catch(() => undefined);
	const [unprivilegedClone, maxUserNamespaces, apparmorRestricts, docker, podman, cgroup] = await Promise.all(
		[
			"/proc/sys/kernel/unprivileged_userns_clone",
			"/proc/sys/user/max_user_namespaces",
			"/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
			"/.dockerenv",
			"/run/.containerenv",
			"/proc/1/cgroup",
		].map(read),
	);
	return {
		...(unprivilegedClone === undefined ? {} : { unprivilegedClone }),
		...(maxUserNamespaces === undefined ? {} : { maxUserNamespaces }),
		...(apparmorRestricts === undefined ? {} : { apparmorRestricts }),
		container: docker !== undefined || podman !== undefined || /docker|kubepods|libpod/.test(cgroup ?? ""),
	};
}

/** Why namespaces were refused, and the command that allows them. */
export function explain(complaint: string, settings: NamespaceSettings): LabError {
	const [setting, remedy] = cause(settings);
	return new LabError("NamespacesUnavailable", {
		operation: "making the lab's own namespaces",
		message: setting ? `${setting} (${complaint})` : complaint || "unshare failed and did not say why",
		hint: `${remedy}; or point quorate at any real cluster with --kubeconfig`,
	});
}

function cause(settings: NamespaceSettings): [string | undefined, string] {
	if (settings.maxUserNamespaces === "0") {
		return ["user.max_user_namespaces is 0", "allow them with: sudo sysctl -w user.max_user_namespaces=15000"];
	}
	if (settings.unprivilegedClone === "0") {
		return [
			"kernel.unprivileged_userns_clone is 0",
			"allow them with: sudo sysctl -w kernel.unprivileged_userns_clone=1",
		];
	}
	if (settings.container) {
		const remedy =
			"start this container with --privileged, or with --security-opt seccomp=unconfined --security-opt systempaths=unconfined";
		return ["this container's runtime forbids namespaces", remedy];
	}
	if (settings.apparmorRestricts === "1") {
		return [
			"kernel.apparmor_restrict_unprivileged_userns is 1",
			"allow them with: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
		];
	}
	return [undefined, "ask whoever runs this machine for unprivileged user namespaces, or run the lab as root"];
}
