// Loaded only when there is a release. A file of ours between the import() and the package: bundled, a CommonJS package has no named exports.
import { parseAllDocuments } from "yaml";

interface Rendered {
	kind?: string;
	metadata?: { name?: string };
	spec?: { replicas?: number };
}

/** How many replicas a release renders for the StatefulSet; undefined: the manifest is no YAML that can be read. */
export function manifestReplicas(
	manifest: string,
	statefulSet: string,
): { readonly replicas: number | undefined } | undefined {
	const documents = [...parseAllDocuments(manifest)];
	if (documents.some(({ errors }) => errors.length > 0)) return undefined;
	let objects: (Rendered | null)[];
	try {
		objects = documents.map((document) => document.toJS());
	} catch (error) {
		// more aliases than any chart renders
		if (error instanceof ReferenceError) return undefined;
		throw error;
	}
	const set = objects.find((object) => object?.kind === "StatefulSet" && object.metadata?.name === statefulSet);
	if (!set) return { replicas: undefined };
	const replicas = set.spec?.replicas ?? 1;
	return Number.isInteger(replicas) ? { replicas } : undefined;
}
