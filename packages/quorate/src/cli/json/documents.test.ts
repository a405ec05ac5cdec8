import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runChecks } from "../../checks/index.ts";
import { PLAIN } from "../../cluster/security-view.ts";
import { QuorateError } from "../../errors.ts";
import { proofOf } from "../../proof/proof.ts";
import { plan } from "../../scaling/plan.ts";
import { healthyView } from "../../scaling/testing/views.ts";
import { clusterStatus } from "./cluster-status.ts";
import { serialize } from "./document.ts";
import { errorDocument } from "./error.ts";
import { planDocument } from "./plan.ts";
import { proofDocument } from "./proof.ts";
import { scaleResultDocument } from "./scale-result.ts";

const view = healthyView();
const proof = proofOf({
	equal: true,
	clusterId: 7n,
	recorded: [],
	revision: 1000n,
	compactRevision: -1n,
	keys: 12,
	bytes: 345,
	values: "by hash",
	members: [{ id: 0x8e9e05c52164694dn, name: "mayastor-etcd-0", isLearner: false, hash: 42 }],
	differing: 0,
	differences: [],
});

describe("documents", () => {
	it("have a version and a kind, and can be written as JSON and YAML alike", async () => {
		const status = clusterStatus(view, "https://127.0.0.1:6443");
		expect(status).toMatchObject({ apiVersion: "quorate.io/v1", kind: "ClusterStatus" });
		const json = await serialize(status, "json");
		expect(JSON.parse(json)).toEqual(status);
		expect(parse(await serialize(status, "yaml"))).toEqual(status);
		expect(json.endsWith("}\n")).toBe(true);
	});

	it("ClusterStatus: ids are hex, unknown values are left out", () => {
		const [first, ...others] = view.etcd.members;
		if (!first) throw new Error("the view has members");
		const down = { ...first, status: undefined, lag: undefined, trouble: "connection refused" };
		const { etcd } = clusterStatus({ ...view, etcd: { ...view.etcd, members: [down, ...others] } }, "");
		expect(etcd).toMatchObject({ clusterId: "7", leader: "65", voters: 3, learners: 0, quorum: 2, tolerance: 0 });
		expect(etcd.members[0]).toEqual({
			id: "65",
			name: "mayastor-etcd-0",
			pod: "mayastor-etcd-0",
			role: "leader",
			health: "unreachable",
			trouble: "connection refused",
			peerURLs: first.peerURLs,
			clientURLs: first.clientURLs,
		});
	});

	it("Plan", () => {
		const goal = { replicas: 4, snapshot: true };
		const checks = runChecks({ view, goal, security: PLAIN, missingRights: [], force: false });
		const found = planDocument(plan(view, goal), checks, view);
		expect(found).toMatchObject({
			kind: "Plan",
			namespace: "mayastor",
			name: "mayastor-etcd",
			from: 3,
			to: 4,
			refused: false,
			tolerance: { before: 1, lowest: 1 },
			restarts: { presentPods: 0, newPods: 1 },
			checks,
		});
		expect(found.steps[1]).toEqual({
			number: 2,
			kind: "create-volume",
			pod: "mayastor-etcd-3",
			volume: {
				name: "etcd-volume-3",
				claim: "data-mayastor-etcd-3",
				node: "node-4",
				capacity: "2Gi",
				path: "/var/local/mayastor/etcd/pod-3",
			},
			description:
				"volume etcd-volume-3: 2Gi on node-4 at /var/local/mayastor/etcd/pod-3, for claim data-mayastor-etcd-3",
			voters: 3,
			learners: 0,
			quorum: 2,
			tolerance: 1,
		});
		expect(() => JSON.stringify(found)).not.toThrow();
	});

	it("Plan: refused by a check, or where it would not get to the goal", () => {
		const few = healthyView({ nodes: 4 });
		const blocked = plan(few, { replicas: 5, snapshot: true });
		expect(planDocument(blocked, [], few)).toMatchObject({ refused: true, blocked: { reason: "NoNodeForVolume" } });
		const failed = { id: "x", group: "etcd", status: "fail", saw: "" } as const;
		expect(planDocument(plan(view, { replicas: 4, snapshot: true }), [failed], view).refused).toBe(true);
	});

	it("Proof", () =>
		expect(proofDocument(proof)).toEqual({
			apiVersion: "quorate.io/v1",
			kind: "Proof",
			equal: true,
			clusterId: "7",
			recorded: [],
			values: "by hash",
			revision: 1000,
			compactRevision: -1,
			keys: 12,
			bytes: 345,
			members: [{ id: "8e9e05c52164694d", name: "mayastor-etcd-0", isLearner: false, hash: 42 }],
			differing: 0,
			differences: [],
		}));

	it("ScaleResult", () =>
		expect(
			scaleResultDocument(
				{
					from: 3,
					to: 4,
					seconds: 12.5,
					steps: [{ step: { kind: "promote", ordinal: 3, memberId: 255n }, seconds: 0.1 }],
					snapshot: { file: "/x.db", revision: "998", sha256: "ab", found: true },
					proof,
					members: [{ id: 255n, name: "mayastor-etcd-3" }],
					restarts: 0,
				},
				view,
			),
		).toEqual({
			apiVersion: "quorate.io/v1",
			kind: "ScaleResult",
			namespace: "mayastor",
			name: "mayastor-etcd",
			from: 3,
			to: 4,
			seconds: 12.5,
			members: [{ id: "ff", name: "mayastor-etcd-3" }],
			restarts: 0,
			snapshot: { file: "/x.db", revision: 998, sha256: "ab", found: true },
			proof: expect.objectContaining({ equal: true, revision: 1000 }),
			steps: [{ kind: "promote", pod: "mayastor-etcd-3", memberId: "ff", seconds: 0.1 }],
		}));

	it("Error", () =>
		expect(errorDocument(new QuorateError("Refused", { operation: "checking", message: "no" }))).toEqual({
			apiVersion: "quorate.io/v1",
			kind: "Error",
			code: "Refused",
			operation: "checking",
			message: "no",
			exitCode: 3,
		}));
});
