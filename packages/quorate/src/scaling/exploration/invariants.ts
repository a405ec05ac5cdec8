import type { Step } from "../step.ts";
import { brokenAgreement } from "./agreed.ts";
import { heldFrom } from "./beginning.ts";
import { isReady } from "./controller.ts";
import { copiesOf, dataOf, isDiscarding, isKeeping, isKept } from "./folders.ts";
import { slotOf } from "./ids.ts";
import { isUncounted } from "./perform.ts";
import { type FaultKind, LASTING, rollsPods, type Setup } from "./setup.ts";
import { cleanersOf } from "./visits.ts";
import { slotOfVolume } from "./volumes.ts";
import {
	containerRuns,
	followed,
	isJoin,
	isUp,
	joinOf,
	NAMED,
	ORIGINAL,
	quorumOf,
	type Template,
	toleranceOf,
	upVoters,
	votersOf,
	type World,
} from "./world.ts";

/** What must hold in every state. Undefined: it does. @param promised the least tolerance that the plan told of */
export function brokenState(w: World, setup: Setup, promised: number, faults: number): string | undefined {
	if (w.flaw !== undefined) return w.flaw;
	if (faults === 0) {
		if (toleranceOf(w) < 0) return "quorum is lost, and nothing went wrong";
		if (toleranceOf(w) < promised) return `tolerance is ${toleranceOf(w)}, and the plan promised ${promised}`;
	}
	for (const [slot, pod] of w.pods.entries()) {
		const member = w.members[slot];
		const addedByHand = w.lasting.includes("add-member");
		if (
			!addedByHand &&
			pod &&
			pod.stage !== "pending" &&
			member &&
			!member.started &&
			!pod.terminating &&
			dataOf(w, slot) === "stale"
		)
			return `member ${slot} is started on the data of one that has left`;
	}
	for (let slot = 0; slot < w.pods.length; slot++)
		if (w.members[slot]?.learner && isReady(w, setup, slot) && votersOf(w) > 1 && !meddledTemplate(w))
			return `learner ${slot} is Ready: the Service sends it clients that it turns away`;
	const byHand = w.lasting.includes("add-member") || w.lasting.includes("remove-member");
	const changing = w.members.filter((m) => m && (m.learner || !m.started)).length;
	if (changing > 1 && !byHand) return "two membership changes are under way";
	return undefined;
}

const MEDDLING: readonly FaultKind[] = ["add-member", "remove-member", "edit-template", "edit-strategy"];
/** Others set pods rolling: by a template, by a partition, or by scaling to nothing, which makes the newest revision the current one. */
const meddledTemplate = (w: World): boolean =>
	w.lasting.includes("edit-template") || w.lasting.includes("edit-strategy") || w.lasting.includes("scale-down");
const MEMBERSHIP: ReadonlySet<Step["kind"]> = new Set<Step["kind"]>(["add-learner", "promote", "remove-member"]);
const CLEARING: ReadonlySet<Step["kind"]> = new Set<Step["kind"]>(["empty-volume", "delete-claim", "delete-volume"]);

/** What a run that is taken back ends with: no member is restarted or needed. */
const ENDS_BACK: ReadonlySet<Step["kind"]> = new Set<Step["kind"]>([
	...CLEARING,
	...(["restore-template", "restore-strategy", "remove-cleaner"] as const),
]);

/**
 * A voter is down: a pod may be deleted that does not run, with the partition put back before, and a learner that is not wanted taken out.
 * The others are a quorum.
 */
function isAllowedBeside(w: World, setup: Setup, step: Step, slot: number): boolean {
	const up = w.members.filter((m, s) => m && !m.learner && isUp(w, s)).length;
	if (up < quorumOf(votersOf(w))) return false;
	const pod = w.pods[slot];
	if (step.kind === "restart-pod") return pod !== undefined && !containerRuns(pod);
	if (step.kind === "take-snapshot") return rollsPods(setup) && w.pods.some((one) => one && !containerRuns(one));
	if (w.aborted && votersOf(w) === w.goal && w.replicas === w.goal && ENDS_BACK.has(step.kind))
		return w.members.every((member) => !member?.learner);
	// with the partition at the replicas nobody is restarted by it
	if (step.kind === "restore-template")
		return w.notes?.rolling === "forth" || (w.aborted && step.partition >= w.replicas);
	if (step.kind === "place-volume" || step.kind === "look-into-volume") return w.members[slot]?.learner === true;
	if (step.kind === "lower-replicas") return step.replicas === votersOf(w);
	return step.kind === "remove-member" && w.members[slot]?.learner === true;
}

/** What may be done to take a run back where someone changed the template: that is put back with it. */
const PUTS_BACK: ReadonlySet<Step["kind"]> = new Set<Step["kind"]>([
	...(["restore-template", "fence", "place-volume", "lower-replicas", "remove-member"] as const),
]);

/** What must hold of a step that is decided on what is the case now. */
export function brokenStep(w: World, setup: Setup, step: Step, promised: number): string | undefined {
	const slot = "ordinal" in step ? step.ordinal - (setup.firstOrdinal ?? 0) : -1;
	const says = (what: string) => `${step.kind}${slot < 0 ? "" : ` ${slot}`} ${what}`;
	if (!w.snapshotTaken && step.kind !== "take-snapshot") return says("is done before there is a snapshot");
	if (w.deleting) return says("is done to a StatefulSet that is being deleted");
	if (w.alarm) return says("is done while a member has raised an alarm");
	if (w.stranger !== "none") return says("is done while there is a foreign member");
	const foreign = w.template !== (followed(w)?.template ?? w.template) && !isJoin(w.template);
	if (foreign && !(w.aborted && PUTS_BACK.has(step.kind)))
		return says("is done on a template that someone else changed");
	// what lags and holds less cannot be told from what lags; the keys are counted before anything is taken away
	const lags = w.twin === "hollow" && w.pods[0]?.stage === "behind";
	if (lags && isUncounted(w, step)) return undefined;
	if (w.twin !== "none" && !lags) return says(`is done while ${TWIN_IS[w.twin]}`);
	// the last that are to go may be down, if the others are well
	let staying = votersOf(w);
	while (staying > w.goal && !isUp(w, staying - 1)) staying--;
	const leaving = (s: number) => s >= Math.min(staying, w.replicas) || s === w.notes?.leaving?.slot;
	for (const [s, member] of w.members.entries()) {
		if (!member) continue;
		if (!member.learner && !member.started) return says(`is done while voter ${s} has never started`);
		if (!member.learner && !leaving(s) && !isUp(w, s) && !isAllowedBeside(w, setup, step, slot))
			return says(`is done while voter ${s} is down`);
		if (member.learner && (!w.notes || s !== votersOf(w))) return says(`is done beside foreign learner ${s}`);
	}
	if (w.leader === undefined) return says("is done while nobody leads");
	const moved =
		brokenMembership(w, step, slot) ?? brokenVolume(w, setup, step, slot) ?? brokenAgreement(w, setup, step);
	if (moved) return says(moved);
	const uncleared = step.kind === "restore-strategy" ? unclearedSlot(w) : undefined;
	if (uncleared !== undefined) return says(`comes before what ${uncleared} left is cleared`);
	// while one is down that is to leave, there is nothing to compare with
	const comparable = staying === votersOf(w) && w.replicas >= votersOf(w) && w.lasting.length === 0;
	if (step.kind === "lower-replicas" && step.replicas < votersOf(w) && w.unproven && comparable)
		return says("is done before the last change was proven");
	if (step.kind === "lower-replicas" && w.leader !== undefined && w.leader >= step.replicas)
		return says("takes the leader's pod");
	const lagging = w.members.findIndex(
		(m, s) => m && !m.learner && s < w.replicas && w.pods[s]?.stage !== "current" && (s < staying || isUp(w, s)),
	);
	if (lagging >= 0 && (step.kind === "add-learner" || (step.kind === "lower-replicas" && step.replicas < votersOf(w))))
		return says(`is done while voter ${lagging} has not caught up`);
	const rolled = step.kind === "roll-pod" || (step.kind === "restart-pod" && rollsPods(setup));
	if (rolled && w.leader === slot) return says("restarts the leader");
	// one that does not run takes nothing away
	const runs = w.pods.some((pod, s) => s === slot && pod && containerRuns(pod));
	if (rolled && runs && lagging >= 0 && lagging !== slot)
		return says(`is done while voter ${lagging} has not caught up`);
	const after = outlook(w, setup, step, slot);
	if (after.up < quorumOf(after.voters) && toleranceOf(w) >= 0)
		return says(`leaves ${after.up} of ${after.voters} voters, fewer than quorum`);
	const tolerance = after.up - quorumOf(after.voters);
	// what someone else did to members or pods leaves no better way
	const meddled = MEDDLING.some((kind) => w.lasting.includes(kind));
	// a pod that died under OnDelete came back on the join profile: no partition holds it
	const unheld = setup.strategy === "OnDelete" && step.kind === "restart-pod";
	if (!meddled && !unheld && tolerance < Math.min(promised, toleranceOf(w)))
		return says(`leaves a tolerance of ${tolerance}, and the plan promised ${promised}`);
	return after.restartsOld ? says("makes the controller restart pods that were there before") : undefined;
}

/** One that was noted when it left, and whose claim, the same as then, nobody keeps. */
function unclearedSlot(w: World): number | undefined {
	const noted = [...(w.notes?.leaving ? [w.notes.leaving] : []), ...(w.notes?.left ?? [])];
	return noted.find(
		({ slot, claim }) =>
			claim === (w.firstClaims & (1 << slot) ? "first" : "later") &&
			w.claims[slot] === "bound" &&
			slot >= w.replicas &&
			!w.members[slot] &&
			!isKeeping(w) &&
			!isKept(w, slot),
	)?.slot;
}

function brokenMembership(w: World, step: Step, slot: number): string | undefined {
	if (!MEMBERSHIP.has(step.kind)) return undefined;
	const learner = w.members.findIndex((m) => m?.learner);
	if (step.kind === "add-learner") {
		if (learner >= 0) return "is done while another learns";
		if (w.template !== joinOf(slot)) return "is done before the template can start it";
		if (dataOf(w, slot) !== "none") return "is to start on old data";
		if (w.replicas !== slot) return "is done while its pod may be there already";
		// one who came and went by hand leaves the number that was proven
		const byHand = (["add-member", "remove-member", "scale-down"] as const).some((kind) => w.lasting.includes(kind));
		if (w.unproven && !byHand) return "is done before the last change was proven";
	}
	if (step.kind === "promote" && w.pods[slot]?.stage !== "current") return "is done before it has caught up";
	if (step.kind === "remove-member") {
		const pod = w.pods[slot];
		if (w.leader === slot) return "takes the leader out";
		if (pod && !pod.terminating && votersOf(w) > 2) return "is done under a running pod, which may add itself again";
	}
	return undefined;
}

function brokenVolume(w: World, setup: Setup, step: Step, slot: number): string | undefined {
	if (!CLEARING.has(step.kind)) return undefined;
	const target = step.kind === "delete-volume" ? slotOfVolume(w, step.volume, setup.firstOrdinal) : slot;
	if (w.members[target]) return "takes the volume of a member that has not left";
	if (w.pods[target]) return "takes a volume that a pod still uses";
	if (isKept(w, target) && !isDiscarding(w)) return "is done though a person keeps what is in it";
	if (target < w.replicas) return "takes a volume that the StatefulSet wants";
	return undefined;
}

/** What a step leads to by what the controller and etcd make of it. */
function outlook(w: World, setup: Setup, step: Step, slot: number) {
	let up = upVoters(w);
	let voters = votersOf(w);
	const upAt = (s: number) => (w.members[s]?.learner === false && isUp(w, s) ? 1 : 0);
	let restartsOld = false;
	const rolls = (template: Template, partition: number) => {
		// what someone else set rolling is not our doing
		if (setup.strategy === "OnDelete" || meddledTemplate(w)) return;
		const old = w.pods.flatMap((pod, s) =>
			pod && s >= partition && s < w.replicas && pod.template !== template && !pod.terminating ? [s] : [],
		);
		if (old.some((s) => upAt(s))) up--;
		restartsOld = !rollsPods(setup) && old.some((s) => w.pods[s]?.before);
	};
	switch (step.kind) {
		case "promote":
			voters++;
			up += isUp(w, slot) ? 1 : 0;
			break;
		case "remove-member":
			up -= upAt(slotOf(step.memberId));
			voters--;
			break;
		case "lower-replicas":
			for (let s = step.replicas; s < w.pods.length; s++) up -= upAt(s);
			break;
		case "restart-pod":
			up -= upAt(slot);
			break;
		case "name-members":
		case "unname-members":
			rolls(step.kind === "name-members" ? NAMED : ORIGINAL, step.partition);
			break;
		case "roll-pod":
			rolls(w.template, step.partition);
			break;
		case "fence":
			rolls(joinOf(slot), step.partition);
			break;
		case "restore-template":
			rolls(w.notes?.template ?? w.template, step.partition);
			break;
		case "restore-strategy":
			rolls(w.template, w.notes?.partition ?? 0);
			break;
	}
	return { up, voters, restartsOld };
}

/** What must hold where the tool says that it is done. */
export function brokenEnd(w: World, setup: Setup): string | undefined {
	if (votersOf(w) !== w.goal || w.members.some((m) => m?.learner))
		return `it says done with ${votersOf(w)} voters, not ${w.goal}`;
	if (w.lasting.length > 0 && LASTING.some((kind) => w.lasting.includes(kind))) return undefined;
	const says = (what: string) => `it says done, and ${what}`;
	if (w.replicas !== w.goal) return says(`replicas are ${w.replicas}`);
	const wanted = setup.naming && !w.aborted ? NAMED : ORIGINAL;
	if (w.template !== wanted || w.partition !== heldFrom(setup))
		return says("template or strategy are not those of the beginning");
	if (w.notes) return says("the annotation is still there");
	if (w.unproven) return says("the last change was not proven");
	for (const [slot, pod] of w.pods.entries()) {
		if (pod && slot >= w.goal) return says(`pod ${slot} is still there`);
		if (pod && pod.template !== wanted && !(setup.outdated && w.aborted))
			return says(`pod ${slot} still runs on ${rollsPods(setup) ? "another template" : "a join profile"}`);
		if (slot < w.goal) continue;
		// a person has the say of what is kept, and of what was there before the run that is taken back
		if (isKept(w, slot) || (w.aborted && isAsFound(w, slot))) continue;
		// a claim without its volume that somebody deletes goes by itself
		const goes = w.claims[slot] === "terminating" && w.volumes[slot] === "none";
		const left = (w.claims[slot] !== "none" && !goes) || w.volumes[slot] !== "none" || cleanersOf(w, slot).length > 0;
		if (w.folders.some(({ of, data }) => of === slot && data === "stale") && !w.follows)
			return says(`old data lies in folder ${slot}`);
		if (left) return says(`claim or volume ${slot} is still there`);
	}
	return undefined;
}

/** A claim that was there before, with its volume, emptied or not. */
const isAsFound = (w: World, slot: number): boolean =>
	(w.firstClaims & w.firstVolumes & (1 << slot)) !== 0 &&
	w.claims[slot] === "bound" &&
	cleanersOf(w, slot).length === 0;

/** What must hold where the command has nothing to do. */
export const brokenRest = (w: World): string | undefined =>
	w.twin === "none" ? undefined : `it says that nothing is to be done, and ${TWIN_IS[w.twin]}`;

/** What must hold of what a hint leads to. */
export function brokenHint(w: World, after: World): string | undefined {
	if (copiesOf(w) > 0 && copiesOf(after) === 0) return "the last member with all data is taken out";
	const answering = w.members.findIndex((m, slot) => m && isUp(w, slot) && slot >= after.replicas && slot < w.replicas);
	if (answering >= 0 && toleranceOf(w) >= 0) return `the pod of member ${answering}, which answers, is taken away`;
	return undefined;
}

const TWIN_IS = {
	alone: "member 0 leads a cluster of its own, without the others' data",
	hollow: "member 0 votes without the others' data",
} as const;
