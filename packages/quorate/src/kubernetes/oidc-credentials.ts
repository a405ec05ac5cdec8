import { QuorateError } from "../errors.ts";
import { bearer, type Credentials } from "./credentials.ts";
import { readKubeconfig } from "./kubeconfig-file.ts";

/**
 * The id token that `kubectl` keeps in the kubeconfig (auth-provider `oidc`). It is not renewed here: a provider that
 * hands out each refresh token once would lock kubectl out unless the file were rewritten, and what only looks writes nothing.
 * When it has expired, the file is read again, in case kubectl renewed it there.
 */
export function oidcCredentials(config: Readonly<Record<string, string>>, file: string, user: string): Credentials {
	let token = config["id-token"] ?? "";
	return {
		async identity() {
			if (expired(token)) token = reread(file, user) ?? token;
			if (!expired(token)) return { headers: bearer(token) };
			throw new QuorateError("Unauthorized", {
				operation: "saying who we are",
				message: `the id token of user "${user}" (${file}) ${token === "" ? "is missing" : "has expired"}`,
				hint: "run `kubectl auth whoami` once: it renews the token there; a credential plugin (kubelogin) needs no such help",
			});
		},
		rejected: () => false,
	};
}

function reread(file: string, user: string): string | undefined {
	return readKubeconfig(file).users.get(user)?.value.authProvider?.config["id-token"];
}

/** By the token's own `exp`, some seconds early so that it does not expire on its way. */
function expired(token: string): boolean {
	const claims = token.split(".")[1];
	if (claims === undefined) return true;
	try {
		const { exp } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { exp?: unknown };
		return typeof exp === "number" && exp - 10 < Date.now() / 1000;
	} catch {
		return true;
	}
}
