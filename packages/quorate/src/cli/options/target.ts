import { usage } from "./usage.ts";

const STATEFULSET = /^(?:sts|statefulsets?)(?:\.v1)?(?:\.apps)?$/i;
const NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/**
 * The StatefulSet that is meant, as kubectl lets it be written: `sts/NAME`, `statefulsets.apps/NAME`, `sts NAME`; also just `NAME`.
 *
 * @returns its name; undefined: the only one that runs etcd
 * @throws {QuorateError} Usage
 */
export function parseTarget(words: readonly string[]): string | undefined {
	const [first, second, ...more] = words;
	if (first === undefined) return undefined;
	if (more.length > 0 || (second !== undefined && (first.includes("/") || !STATEFULSET.test(first))))
		throw refuse(`"${words.join(" ")}" is more than one name`, "name one StatefulSet, as in: sts/mayastor-etcd");
	if (second !== undefined) return checked(second);
	const [type, name, ...rest] = first.split("/");
	if (name === undefined) return STATEFULSET.test(first) ? undefined : checked(first);
	if (rest.length > 0) throw refuse(`"${first}" is not a name`, "give the namespace separately: -n NAMESPACE sts/NAME");
	if (!STATEFULSET.test(type ?? ""))
		throw refuse(`"${first}" is not a StatefulSet`, `etcd is named by its StatefulSet, as in: sts/${name || "NAME"}`);
	return checked(name);
}

function checked(name: string): string {
	if (NAME.test(name) && name.length <= 253) return name;
	throw refuse(
		`"${name}" cannot be the name of a StatefulSet`,
		"names are lower-case letters, digits, '-' and '.'; see them with: kubectl get statefulsets",
	);
}

const refuse = (message: string, hint: string) => usage("reading which StatefulSet is meant", message, hint);
