import type { KubernetesClient, RequestOptions, Resource } from "./client.ts";
import { qualifiedName } from "./request.ts";

/** One right that a command needs. */
export interface Need {
	/** "get", "list", "watch", "create", "update", "patch", "delete" */
	verb: string;
	resource: Resource;
	subresource?: string;
	/** of one object. @default all */
	name?: string;
	/** @default the whole cluster */
	namespace?: string;
}

/** Those that the user lacks, in the order in which they were asked for; asks the API server, changes nothing. */
export async function checkRights(
	client: Pick<KubernetesClient, "canI">,
	needs: readonly Need[],
	{ signal }: RequestOptions = {},
): Promise<Need[]> {
	const allowed = await Promise.all(
		needs.map(({ verb, resource, subresource, name, namespace }) =>
			client.canI(verb, resource, {
				...(signal ? { signal } : {}),
				...(subresource === undefined ? {} : { subresource }),
				...(name === undefined ? {} : { name }),
				...(namespace === undefined ? {} : { namespace }),
			}),
		),
	);
	return needs.filter((_, i) => !allowed[i]);
}

/** "patch statefulsets.apps in namespace mayastor" */
export function describeNeed(need: Need): string {
	const place = need.namespace === undefined ? "in the whole cluster" : `in namespace ${need.namespace}`;
	return `${need.verb} ${qualifiedName(need)} ${need.name === undefined ? "" : `${need.name} `}${place}`;
}
