import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runChecks } from "../checks/index.ts";
import { clusterStatus } from "../cli/json/cluster-status.ts";
import { planDocument } from "../cli/json/plan.ts";
import { planText } from "../cli/render/plan-text.ts";
import { statusText } from "../cli/render/status-text.ts";
import { plainStyle } from "../cli/testing/plain-style.ts";
import type { Alarm, Member, MemberStatus } from "../etcd/member-client.ts";
import type { Goal } from "../scaling/goal.ts";
import { applyStep, settle } from "../scaling/model.ts";
import { nextStep } from "../scaling/next-step.ts";
import { plan } from "../scaling/plan.ts";
import type { Decision, Step } from "../scaling/step.ts";
import { healthyView } from "../scaling/testing/views.ts";
import { type ClusterView, isHealthy, type MemberView, podAt, quorum, voters } from "./cluster-view.ts";
import { observeMembers } from "./observe-members.ts";
import { PLAIN } from "./security-view.ts";
import { fakeMembers, type Said } from "./testing/fake-members.ts";

const full = process.env.QUORATE_EXPLORE === "full";
const NAME = "mayastor-etcd";
const style = plainStyle(100);
const url = (pod: string) => `http://${pod}.mayastor-etcd-headless.mayastor.svc.cluster.local:2380`;

const id = fc.oneof(
	{ arbitrary: fc.constantFrom(101n, 102n, 103n, 104n, 105n), weight: 6 },
	{ arbitrary: fc.constantFrom(0n, 1n, 2n ** 64n - 1n), weight: 1 },
);
const name = fc.oneof(
	{ arbitrary: fc.constantFrom(0, 1, 2, 3, 4).map((ordinal) => `${NAME}-${ordinal}`), weight: 8 },
	{
		arbitrary: fc.constantFrom("", `${NAME}-01`, `${NAME}-`, `${NAME}-99999999999999999999`, "default", "a-0"),
		weight: 1,
	},
	{ arbitrary: fc.string({ unit: "binary", maxLength: 8 }), weight: 1 },
);
const peerURL = fc.oneof(
	{ arbitrary: name.map(url), weight: 6 },
	{ arbitrary: fc.constantFrom("", "x", "http://", "http://[::1", "https://10.0.0.1:2380", "unix://a"), weight: 1 },
	{ arbitrary: fc.string({ maxLength: 12 }), weight: 1 },
);
const odd: fc.Arbitrary<Member> = fc.record({
	id,
	name,
	peerURLs: fc.array(peerURL, { maxLength: 2 }),
	clientURLs: fc.array(peerURL, { maxLength: 1 }),
	isLearner: fc.boolean(),
});

const index = fc.constantFrom(0n, 1n, 1200n, 2n ** 64n - 1n);
const oddStatus: fc.Arbitrary<Partial<MemberStatus>> = fc.record(
	{
		memberId: id,
		leader: id,
		clusterId: fc.constantFrom(7n, 0n, 8n),
		isLearner: fc.boolean(),
		raftAppliedIndex: index,
		raftTerm: index,
		dbSize: fc.constantFrom(0n, -1n, 2n ** 63n - 1n),
		dbSizeInUse: fc.constantFrom(0n, 2n ** 63n - 1n),
		version: fc.constantFrom("", "3.5.9", "3.6.0", "x.y", "99999999999999999999.1.1"),
		errors: fc.constantFrom([], [""], ["NOSPACE"]),
	},
	{ requiredKeys: [] },
);

const alarm: fc.Arbitrary<Alarm> = fc.record({
	memberId: id,
	type: fc.constantFrom("NOSPACE" as const, "CORRUPT" as const, "UNKNOWN" as const),
});

/** A cluster somewhere on its way from one size to another, by the model. */
const state = fc.record({
	from: fc.integer({ min: 1, max: 5 }),
	to: fc.integer({ min: 1, max: 6 }),
	rounds: fc.nat(25),
	readyAsLearner: fc.boolean(),
	podManagementPolicy: fc.constantFrom("Parallel" as const, "OrderedReady" as const),
	/** which of the members leads */
	leading: fc.nat(4),
	/** by which someone changed the replicas */
	scaled: fc.oneof({ arbitrary: fc.constant(0), weight: 20 }, fc.constantFrom(-2, -1, 1, 2)),
});

type State = typeof state extends fc.Arbitrary<infer T> ? T : never;

function stateOf({ from, to, rounds, leading, scaled, ...options }: State): ClusterView {
	const goal = { replicas: to, snapshot: true };
	const healthy = healthyView({ members: from, ...options });
	const leader = BigInt(101 + (leading % from));
	const members = healthy.etcd.members.map((m) => (m.status ? { ...m, status: { ...m.status, leader } } : m));
	let view: ClusterView = { ...healthy, etcd: { ...healthy.etcd, leader, members } };
	for (let round = 0; round < rounds; round++) {
		const decision = nextStep(view, goal);
		if (decision.kind === "wait") view = settle(view);
		if (decision.kind === "step") view = applyStep(view, decision.step);
	}
	const { statefulSet } = view;
	return { ...view, statefulSet: { ...statefulSet, replicas: Math.max(0, statefulSet.replicas + scaled) } };
}

/** Members as they may be, with one thing or another that may not. */
const oddities = fc.record({
	changes: fc.array(
		fc.record({
			at: fc.nat(6),
			by: fc.oneof(
				fc.record({ id }),
				fc.record({ name }),
				fc.record({ peerURLs: fc.array(peerURL, { maxLength: 2 }) }),
				fc.record({ isLearner: fc.boolean() }),
				fc.record({ name: fc.constant(""), isLearner: fc.boolean() }),
				odd,
			),
		}),
		{ maxLength: 1 },
	),
	more: fc.oneof({ arbitrary: fc.constant([]), weight: 3 }, fc.tuple(odd)),
	/** which one is missing, if any */
	fewer: fc.nat(30),
});

type Oddities = typeof oddities extends fc.Arbitrary<infer T> ? T : never;

function oddly(members: readonly Member[], { changes, more, fewer }: Oddities): Member[] {
	const changed = members.map((member, at) =>
		Object.assign({}, member, ...changes.filter((change) => change.at === at).map(({ by }) => by)),
	);
	return [...changed.filter((_, at) => at !== fewer), ...more];
}

const answers = fc.record({
	list: oddities,
	/** a pod that tells something else of who is a member */
	other: fc.option(fc.record({ pod: fc.nat(5), list: oddities }), { nil: undefined }),
	statuses: fc.array(
		fc.oneof({ arbitrary: fc.constant({}), weight: 15 }, { arbitrary: oddStatus, weight: 2 }, fc.constant(undefined)),
		{ maxLength: 6 },
	),
	alarms: fc.oneof({ arbitrary: fc.constant([]), weight: 20 }, fc.array(alarm, { maxLength: 2 })),
});

type Answers = typeof answers extends fc.Arbitrary<infer T> ? T : never;

/** What each pod's etcd says: what the view has of it, but for the oddities. */
function saidBy(view: ClusterView, { list, other, statuses, alarms }: Answers): ReadonlyMap<string, Said> {
	return new Map(
		view.pods.map((pod, at): [string, Said] => {
			const odd = at < statuses.length ? statuses[at] : {};
			const member = view.etcd.members.find(({ ordinal }) => ordinal === pod.ordinal);
			if (odd === undefined || !member?.status) return [pod.name, {}];
			const members = oddly(view.etcd.members, other?.pod === at ? other.list : list);
			return [pod.name, { status: { ...member.status, ...odd }, members, alarms }];
		}),
	);
}

/** Undefined: what was on its way there is wanted still. */
const goal = fc.record({
	replicas: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined, freq: 2 }),
	snapshot: fc.boolean(),
	keepVolumes: fc.boolean(),
});

/** Changes of who is a member, and of the pods that members run in. */
const CHANGES: readonly Step["kind"][] = [
	"add-learner",
	"promote",
	"remove-member",
	"lower-replicas",
	"raise-replicas",
	"restart-pod",
	"move-leader",
];

function expectSafe(view: ClusterView, { step }: Extract<Decision, { kind: "step" }>): void {
	if (!CHANGES.includes(step.kind)) return;
	const { members } = view.etcd;
	const ordinals = members.map(({ ordinal }) => ordinal);
	expect(ordinals, "a member that is no pod's").not.toContain(undefined);
	expect(new Set(ordinals).size, "two members of one ordinal").toBe(members.length);
	expect(new Set(members.map((member) => member.id)).size, "two members of one id").toBe(members.length);
	expect(members.filter(({ isLearner }) => isLearner).length, "two learners").toBeLessThan(2);
	expect(
		voters(view).map((member) => member.name),
		"a voter that has not started",
	).not.toContain("");
	if (step.kind !== "remove-member") return;
	const victim = members.find((member) => member.id === step.memberId);
	expect(victim?.ordinal).toBe(step.ordinal);
	const pod = podAt(view, step.ordinal);
	if (victim?.id === view.etcd.leader) expect(pod?.terminating, "a leader that stays where it is").not.toBe(false);
	const staying = voters(view).filter((member) => member !== victim);
	expect(staying.filter(isHealthy).length).toBeGreaterThanOrEqual(quorum(staying.length));
}

/** Each answer counts for the member of the pod that gave it. */
function expectOwnAnswers(members: readonly MemberView[], said: ReadonlyMap<string, Said>): void {
	for (const { id, ordinal, status } of members)
		if (status && ordinal !== undefined) expect(said.get(`${NAME}-${ordinal}`)?.status?.memberId).toBe(id);
}

describe("members that are not what they should be", () => {
	it("are planned around, waited for or refused, and never changed", async () => {
		const kinds = new Map<string, number>();
		const property = fc.asyncProperty(state, answers, goal, async (seen, told, wanted) => {
			const goal: Goal = { ...wanted, replicas: wanted.replicas ?? seen.to };
			const before = stateOf(seen);
			const said = saidBy(before, told);
			const etcd = await observeMembers(fakeMembers(said), before.pods, NAME, { secondLook: 0 });
			const view = { ...before, etcd };
			expect(etcd.leader).not.toBe(0n);
			expectOwnAnswers(etcd.members, said);
			const decision = nextStep(view, goal);
			if (decision.kind === "step") expectSafe(view, decision);
			const kind = decision.kind === "step" ? decision.step.kind : decision.kind;
			kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
			const planned = plan(view, goal);
			statusText(view, style, { wide: true });
			planText(planned, view, style);
			JSON.stringify([clusterStatus(view, ""), planDocument(planned, [], view)]);
			runChecks({ view, goal, security: PLAIN, missingRights: [], force: false, planned });
		});
		await fc.assert(property, { numRuns: full ? 30_000 : 2000 });
		expect(kinds.get("blocked")).toBeGreaterThan(0);
		expect(CHANGES.some((kind) => kinds.has(kind))).toBe(true);
	});
});
