import type { Container } from "kubernetes-types/core/v1";
import { QuorateError } from "../../errors.ts";
import { describeSource, type FileSource, fileSource } from "../container-files.ts";
import type { EtcdAccess } from "../member-connections.ts";
import { readVariables } from "../read-references.ts";
import { isForbidden } from "../secret-files.ts";
import { environmentOf, isKnown, type KnownObjects, podFacts } from "../start/environment.ts";
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
	return context.container ? findRoot(context, context.container) : {};
}

const PASSWORD = "ETCD_ROOT_PASSWORD";

/** Bitnami's way to tell the image. etcd may not ask for it at all; where it does and none is found, the checks say so. */
async function findRoot(context: AccessContext, container: Container): Promise<FoundUser> {
	const { set, template, files, secrets, options } = context;
	const reference = container.env?.findLast(({ name }) => name === PASSWORD)?.valueFrom?.secretKeyRef;
	if (reference?.name) return readPassword(context, { kind: "Secret", name: reference.name, key: reference.key });
	const read = await readVariables(container, [PASSWORD, `${PASSWORD}_FILE`], files, options);
	const objects: KnownObjects = new Map([...(set.objects ?? []), ...read]);
	const environment = environmentOf(container, podFacts(set, template, set.firstOrdinal), objects);
	const password = environment.get(PASSWORD);
	if (password !== undefined && password !== "") {
		if (!isKnown(password)) return { trouble: `what the variable ${PASSWORD} is made of could not be read` };
		for (const id of read.keys()) secrets.add(id.slice("Secret/".length));
		for (const name of wholeSecrets(container, objects)) secrets.add(name);
		return { auth: { username: "root", password } };
	}
	const file = environment.get(`${PASSWORD}_FILE`);
	if (file === undefined || file === "") return {};
	const source = isKnown(file) ? fileSource(template, container, file) : undefined;
	return source
		? readPassword(context, source)
		: { trouble: "the StatefulSet names a file with root's password that is in no Secret" };
}

/** Whose keys are variables, the password among them. */
const wholeSecrets = ({ envFrom = [] }: Container, objects: KnownObjects): string[] =>
	envFrom.flatMap(({ prefix = "", secretRef: { name } = {} }) => {
		const keys = [...(objects.get(`Secret/${name}`)?.keys() ?? [])];
		return name && keys.some((key) => prefix + key === PASSWORD) ? [name] : [];
	});

async function readPassword({ files, secrets, options }: AccessContext, source: FileSource): Promise<FoundUser> {
	try {
		const password = await files.file(source, options);
		if (password === undefined)
			return { trouble: `there is no ${describeSource(source)}, which root's password is said to be in` };
		secrets.add(source.name);
		return { auth: { username: "root", password: password.trimEnd() } };
	} catch (error) {
		if (!isForbidden(error)) throw error;
		return { trouble: `this user may not read ${describeSource(source)}, where root's password is` };
	}
}
