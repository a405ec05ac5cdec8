import { isClaimOf } from "../cluster/cluster-view.ts";
import { isUnused } from "../scaling/static-volumes.ts";
import { advice, type CheckAbout } from "./check.ts";

const about: CheckAbout = {
	id: "claims-used",
	group: "storage",
	passes: "Every member's claims are bound, and there is no claim or volume of an ordinal without a member",
	why: "a new member must not start on an earlier member's data",
	todo: "if nothing in it is needed: `kubectl delete pvc`, and the volume with its data",
};

export const claims = advice(about, ({ view }) => {
	const { statefulSet: set, etcd } = view;
	if (etcd.trouble) return { status: "skip", saw: "unknown: the member list could not be read" };
	const ordinals = new Set(etcd.members.map((member) => member.ordinal));
	const used = (ordinal: number) =>
		ordinals.has(ordinal) || (ordinal >= set.firstOrdinal && ordinal < set.firstOrdinal + set.replicas);
	const unbound = view.claims.filter((claim) => used(claim.ordinal) && claim.phase !== "Bound");
	if (unbound.length > 0)
		return {
			status: "warn",
			saw: unbound.map(({ name, phase }) => `claim ${name} is ${phase}`).join("; "),
			why: "its pod cannot start without it",
			hint: `kubectl describe pvc ${unbound[0]?.name} -n ${set.namespace}`,
		};
	const left = view.claims.filter((claim) => !used(claim.ordinal) && !isUnused(view, claim));
	const released = view.volumes.filter(
		({ claim, phase }) =>
			(phase === "Released" || phase === "Failed") &&
			claim?.namespace === set.namespace &&
			view.storage.some(({ template }) => isClaimOf(set, template, claim.name)),
	);
	if (left.length + released.length > 0)
		return {
			status: "warn",
			saw: [
				...left.map(({ name }) => `claim ${name} is left over`),
				...released.map(({ name, phase }) => `volume ${name} is ${phase}`),
			].join("; "),
			...(left[0]
				? {
						hint: `if nothing in it is needed: kubectl delete pvc ${left[0].name} -n ${set.namespace}, and empty its volume`,
					}
				: {}),
		};
	if (view.claims.length === 0) return { status: "pass", saw: "there are no claims" };
	// what is left of those is unused
	const unused = view.claims.filter((claim) => !used(claim.ordinal)).map(({ name }) => name);
	const more = unused.length > 0 ? `; never bound, and so empty: ${unused.join(", ")}` : "";
	return { status: "pass", saw: `${view.claims.length - unused.length} claims, all bound and all of members${more}` };
});
