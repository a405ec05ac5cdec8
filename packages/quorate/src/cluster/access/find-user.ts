import { QuorateError } from "../../errors.ts";
import { describeSource, fileSource } from "../container-files.ts";
import { rootPassword } from "../etcd-security.ts";
import type { EtcdAccess } from "../member-connections.ts";
import { isForbidden } from "../secret-files.ts";
import type { AccessContext } from "./context.ts";

export type FoundUser = { auth?: NonNullable<EtcdAccess["auth"]>; trouble?: string };

/**
 * etcd's user: of the Secret that was named, or root with the password that Bitnami's image is told.
 *
 * @throws {QuorateError} EtcdAccessUnknown, Forbidden where the Secret was named
 */
export async function findUser(context: AccessContext, userSecret: string | undefined): Promise<FoundUser> {
	const { set, files, secrets, options } = context;
	if (userSecret !== undefined) {
		const found = await files.all("Secret", userSecret, options);
		secrets.add(userSecret);
		const username = found?.get("username");
		const password = found?.get("password");
		if (username && password !== undefined) return { auth: { username, password } };
		throw new QuorateError("EtcdAccessUnknown", {
			operation: `reading etcd's user from Secret ${userSecret}`,
			message: found
				? `it lacks the key ${username ? "password" : "username"}`
				: `secrets "${userSecret}" not found in namespace ${set.namespace}`,
			state: "nothing was changed",
			hint: "a Secret of the type kubernetes.io/basic-auth has the keys username and password",
		});
	}
	const told = context.container && rootPassword(context.container);
	if (!told || !context.container) return {};
	if ("value" in told) return { auth: { username: "root", password: told.value } };
	const source =
		"secret" in told
			? ({ kind: "Secret", name: told.secret, key: told.key } as const)
			: fileSource(context.template, context.container, told.file);
	if (!source) return { trouble: "the StatefulSet names a file with root's password that is in no Secret" };
	try {
		const password = await files.file(source, options);
		if (password === undefined)
			return { trouble: `there is no ${describeSource(source)}, which root's password is said to be in` };
		secrets.add(source.name);
		return { auth: { username: "root", password: password.trimEnd() } };
	} catch (error) {
		// etcd may not ask for it at all; where it does, the checks say so
		if (!isForbidden(error)) throw error;
		return { trouble: `this user may not read ${describeSource(source)}, where root's password is` };
	}
}
