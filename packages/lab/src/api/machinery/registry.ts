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
	readonly #listeners = new Set<() => void>();

	/** Calls `listener` whenever rows have come or gone. Returns the way to stop. */
	listen(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

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
		for (const listener of this.#listeners) listener();
	}

	remove(kind: ResourceKind): void {
		for (const [name, served] of this.#served) if (served.kind === kind) this.#served.delete(name);
		for (const listener of this.#listeners) listener();
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
		for (const versions of groups.values()) versions.sort(byPriority);
		return groups;
	}

	in(group: string, version: string): Served[] {
		return this.all().filter((served) => served.group === group && served.version === version);
	}
}

const VERSION = /^v(\d+)(?:(alpha|beta)(\d+))?$/;

/** Stable versions before beta before alpha, later ones first; what is no such version comes last. */
function byPriority(a: string, b: string): number {
	const [one, other] = [VERSION.exec(a), VERSION.exec(b)];
	if (!one || !other) return one ? -1 : other ? 1 : a < b ? -1 : 1;
	const maturity = (match: RegExpExecArray) => ["alpha", "beta", undefined].indexOf(match[2]);
	return (
		maturity(other) - maturity(one) || Number(other[1]) - Number(one[1]) || Number(other[3] ?? 0) - Number(one[3] ?? 0)
	);
}

const key = (group: string, version: string, plural: string) => `${group}/${version}/${plural}`;

/** `object`, as stored, in the version that was asked for. */
export const toServed = (served: Served, object: KubernetesObject): KubernetesObject =>
	served.view ? served.view.toView(object) : object;

export const servedKind = (served: Served): string => served.view?.kind ?? served.kind.kind;

export const servedSchema = (served: Served): string | undefined =>
	served.view ? served.view.schema : served.kind.schema;
