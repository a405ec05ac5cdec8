import type { Api } from "../../api/api.ts";
import { ApiError } from "../../api/api-error.ts";
import { CONTROLLERREVISIONS } from "../../api/resources.ts";
import { controllerOf, controllerReference } from "../owners.ts";
import { matchesSelector } from "../selector.ts";
import type { ControllerRevision, StatefulSet } from "../stored.ts";
import { goJson } from "./hash.ts";
import { chooseUpdateRevision, newRevision, sortRevisions } from "./revision.ts";

/** The set's revisions, sorted; those that belong to nobody and fit are taken in. */
export function revisionsOf(api: Api, set: StatefulSet): ControllerRevision[] {
	const { namespace } = set.metadata;
	const fitting = api
		.list<ControllerRevision>(CONTROLLERREVISIONS, { namespace })
		.filter((revision) => matchesSelector(set.spec?.selector, revision.metadata.labels))
		.map((revision) =>
			controllerOf(revision) || set.metadata.deletionTimestamp ? revision : adopt(api, set, revision),
		)
		.filter((revision) => controllerOf(revision)?.uid === set.metadata.uid);
	return sortRevisions(fitting);
}

function adopt(api: Api, set: StatefulSet, orphan: ControllerRevision): ControllerRevision {
	const { namespace, name } = orphan.metadata;
	const adopted = api.modify<ControllerRevision>(CONTROLLERREVISIONS, namespace, name, (copy) => {
		copy.metadata.ownerReferences = [...(copy.metadata.ownerReferences ?? []), controllerReference(set)];
	});
	return adopted ?? orphan;
}

/** Finds, renumbers or creates the revision of the set's template. */
export function recordRevision(
	api: Api,
	set: StatefulSet,
	history: readonly ControllerRevision[],
): { update: ControllerRevision; collisions: number } {
	const collisions = set.status?.collisionCount ?? 0;
	const chosen = chooseUpdateRevision(set, history, collisions);
	if (chosen.kind === "latest") return { update: chosen.revision, collisions };
	if (chosen.kind === "new") return createRevision(api, set, chosen.revision.revision, collisions);
	const { namespace, name } = chosen.revision.metadata;
	const update = api.modify<ControllerRevision>(CONTROLLERREVISIONS, namespace, name, (copy) => {
		copy.revision = chosen.number;
	});
	return { update: update ?? chosen.revision, collisions };
}

function createRevision(
	api: Api,
	set: StatefulSet,
	number: number,
	collisions: number,
): { update: ControllerRevision; collisions: number } {
	for (let count = collisions; ; count++) {
		const draft = newRevision(set, number, count);
		try {
			return { update: api.create(CONTROLLERREVISIONS, draft) as ControllerRevision, collisions: count };
		} catch (error) {
			if (!(error instanceof ApiError) || error.reason !== "AlreadyExists") throw error;
			const other = api.get<ControllerRevision>(CONTROLLERREVISIONS, set.metadata.namespace, draft.metadata.name);
			if (other && goJson(other.data) === goJson(draft.data)) return { update: other, collisions: count };
		}
	}
}
