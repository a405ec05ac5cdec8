import { copy, equal } from "../json.ts";
import { deleteObject } from "../machinery/delete.ts";
import type { ResourceKind } from "../machinery/kind.ts";
import { type Resources, timestamp } from "../machinery/resources.ts";
import { update } from "../machinery/update.ts";
import { CUSTOMRESOURCEDEFINITIONS } from "../resources.ts";
import { customKinds } from "./custom-kind.ts";
import { CLEANUP, type Definition, type DefinitionNames, withCondition } from "./definition.ts";
import { acceptNames } from "./names.ts";

const WRITER = { manager: "kube-apiserver" };

interface Serving {
	spec: Definition["spec"];
	names: DefinitionNames;
	kinds: ResourceKind[];
}

/**
 * Serves what CustomResourceDefinitions define, from the turn of the event loop after they were stored: looks at their names,
 * keeps the registry's rows, and removes the objects of one that is being deleted before it goes.
 */
export function serveCustomResources(resources: Resources): void {
	const definitions = resources.registry.kind(CUSTOMRESOURCEDEFINITIONS);
	const collection = resources.collection(definitions);
	const serving = new Map<string, Serving>();
	const waiting = new Set<string>();
	const cleaning = new Set<string>();

	const all = () => collection.list() as Definition[];
	const find = (name: string) => collection.get(undefined, name) as Definition | undefined;

	const serve = (definition: Definition): void => {
		const { name } = definition.metadata;
		const established = definition.status?.conditions?.some(
			({ type, status }) => type === "Established" && status === "True",
		);
		const names = definition.status?.acceptedNames;
		if (!established || !names) return;
		const before = serving.get(name);
		if (before && equal(before.spec, definition.spec) && equal(before.names, names)) return;
		for (const kind of before?.kinds ?? []) resources.registry.remove(kind);
		const kinds = customKinds(definition, names);
		for (const kind of kinds) resources.registry.add(kind);
		serving.set(name, { spec: definition.spec, names, kinds });
	};

	const unserve = (name: string): void => {
		for (const kind of serving.get(name)?.kinds ?? []) resources.registry.remove(kind);
		serving.delete(name);
		// what stood in the way of others is gone
		for (const other of all()) later(other.metadata.name);
	};

	const setStatus = (definition: Definition, status: Definition["status"]): Definition => {
		if (equal(definition.status, status)) return definition;
		const next = { ...copy(definition), status };
		return update(resources, definitions, definition, next, { writer: WRITER, subresource: "status" }) as Definition;
	};

	const taken = (definition: Definition) => {
		const { group } = definition.spec;
		const others = all().filter(
			(other) => other.spec.group === group && other.metadata.name !== definition.metadata.name,
		);
		const names = others.flatMap(({ status }) => status?.acceptedNames ?? []);
		return {
			resources: new Set(
				names.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular ?? plural, ...shortNames]),
			),
			kinds: new Set(names.flatMap(({ kind, listKind }) => [kind, listKind ?? kind])),
		};
	};

	const clean = (definition: Definition): void => {
		const { name } = definition.metadata;
		const [kind] = serving.get(name)?.kinds ?? [];
		const { plural } = definition.spec.names;
		const objects = resources.store.collection(definition.spec.group, plural);
		if (kind) {
			for (const object of objects.list())
				if (!object.metadata.deletionTimestamp) deleteObject(resources, kind, object, {});
		}
		const progress = { type: "Terminating", status: "True", reason: "InstanceDeletionInProgress" } as const;
		const message = "CustomResource deletion is in progress";
		const conditions = withCondition(definition.status?.conditions ?? [], { ...progress, message }, timestamp());
		const current = setStatus(definition, { ...definition.status, conditions });
		if (objects.list().length > 0) {
			if (cleaning.has(name)) return;
			cleaning.add(name);
			const stop = objects.listen(() => {
				if (objects.list().length > 0) return;
				stop();
				cleaning.delete(name);
				later(name);
			});
			return;
		}
		const next = copy(current);
		next.metadata.finalizers = (next.metadata.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP);
		update(resources, definitions, current, next, { writer: WRITER });
	};

	const work = (name: string): void => {
		const definition = find(name);
		if (!definition) return;
		if (definition.metadata.deletionTimestamp) {
			if (definition.metadata.finalizers?.includes(CLEANUP)) clean(definition);
			return;
		}
		serve(setStatus(definition, acceptNames(definition, taken(definition), timestamp())));
	};

	/** Not at once: others are still being told of the change that it is about. */
	const later = (name: string): void => {
		waiting.add(name);
		if (waiting.size > 1) return;
		setImmediate(() => {
			const names = [...waiting];
			waiting.clear();
			for (const one of names) work(one);
		});
	};

	for (const { metadata } of all()) later(metadata.name);
	collection.listen(({ type, object }) => {
		if (type === "DELETED") unserve(object.metadata.name);
		else later(object.metadata.name);
	});
}
