import type { GroupVersionResource } from "../api.ts";
import type { KubernetesObject } from "../object.ts";
import { apiVersionOf, type ResourceKind, type View } from "./kind.ts";

/** A kind as it is served under one group and version. */
export interface Served {
	kind: ResourceKind;
	group: string;
	version: string;
	/** absent in the version in which objects are stored */
	view?: View;
}

/** All kinds that the server knows. Rows can come and go while it runs. */
export class Registry {
	readonly #served = new Map<string, Served>();

	add(kind: ResourceKind): void {
		this.#served.set(key(kind.group, kind.version, kind.plural), { kind, group: kind.group, version: kind.version });
		for (const view of kind.views ?? []) {
			this.#served.set(key(view.group, view.version, kind.plural), {
				kind,
				view,
				group: view.group,
				version: view.version,
			});
		}
	}

	remove(kind: ResourceKind): void {
		for (const [name, served] of this.#served) if (served.kind === kind) this.#served.delete(name);
	}

	find(group: string, version: string, plural: string): Served | undefined {
		return this.#served.get(key(group, version, plural));
	}

	/** For the lab's own code, which names only what there is. */
	kind(resource: GroupVersionResource): ResourceKind {
		const served = this.find(resource.group, resource.version, resource.resource);
		if (!served)
			throw new Error(`no resource ${resource.resource} in ${apiVersionOf(resource.group, resource.version)}`);
		return served.kind;
	}

	all(): Served[] {
		return [...this.#served.values()];
	}

	/** Group → its versions, the preferred one first; the core group is "". */
	groups(): Map<string, string[]> {
		const groups = new Map<string, string[]>([["", []]]);
		for (const { group, version } of this.#served.values()) {
			const versions = groups.get(group) ?? [];
			if (!versions.includes(version)) versions.push(version);
			groups.set(group, versions);
		}
		return groups;
	}

	in(group: string, version: string): Served[] {
		return this.all().filter((served) => served.group === group && served.version === version);
	}
}

const key = (group: string, version: string, plural: string) => `${group}/${version}/${plural}`;

/** `object`, as stored, in the version that was asked for. */
export const toServed = (served: Served, object: KubernetesObject): KubernetesObject =>
	served.view ? served.view.toView(object) : object;

export const servedKind = (served: Served): string => served.view?.kind ?? served.kind.kind;

export const servedSchema = (served: Served): string | undefined =>
	served.view ? served.view.schema : served.kind.schema;
