import { describe, expect, it } from "vitest";
import { explain, type NamespaceSettings } from "./preflight.ts";

describe("explain", () => {
	it.each<[NamespaceSettings, string, string]>([
		[{ container: false, maxUserNamespaces: "0" }, "user.max_user_namespaces is 0", "user.max_user_namespaces=15000"],
		[
			{ container: false, maxUserNamespaces: "96365", unprivilegedClone: "0" },
			"kernel.unprivileged_userns_clone is 0",
			"kernel.unprivileged_userns_clone=1",
		],
		[
			{ container: false, unprivilegedClone: "1", apparmorRestricts: "1" },
			"kernel.apparmor_restrict_unprivileged_userns is 1",
			"kernel.apparmor_restrict_unprivileged_userns=0",
		],
		[{ container: true, maxUserNamespaces: "96365" }, "container", "--privileged"],
		[{ container: false, maxUserNamespaces: "96365" }, "Operation not permitted", "as root"],
	])("%j", (settings, message, hint) => {
		const error = explain("unshare: unshare failed: Operation not permitted", settings);
		expect(error.code).toBe("NamespacesUnavailable");
		expect(error.message).toContain(message);
		expect(error.hint).toContain(hint);
		expect(error.hint).toContain("--kubeconfig");
	});
});
