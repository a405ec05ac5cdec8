import { expect, it } from "vitest";
import { QuorateError } from "../errors.ts";
import { EtcdError } from "../etcd/member-client.ts";
import { LookAgain } from "./perform/context.ts";
import { waitAfter } from "./wait-after.ts";

const set = { name: "mayastor-etcd", namespace: "mayastor" };
const error = (code: "Unreachable" | "MemberUnreachable" | "SnapshotFailed" | "EtcdRefused", cause?: unknown) =>
	new QuorateError(code, { operation: "proving", message: "reset by peer", cause });

it("waits for an API server that is away, whatever was under way", () => {
	expect(waitAfter(error("Unreachable"), set)).toMatchObject({ kind: "api-server" });
});

it.each([
	["that etcd puts off", new LookAgain("no leader", "see the logs")],
	["in which a member did not answer", error("MemberUnreachable")],
	["whose snapshot was cut off", error("SnapshotFailed", new EtcdError("Unavailable", "Snapshot", "etcd-0", "reset"))],
])("decides a step anew %s", (_, thrown) => {
	expect(waitAfter(thrown, set)).toMatchObject({ kind: "etcd-agrees" });
});

it.each([
	["a refusal", error("EtcdRefused")],
	["a full disk", error("SnapshotFailed", new Error("ENOSPC"))],
	["an abort", new DOMException("aborted", "AbortError")],
	["a defect", new TypeError("undefined")],
])("does not try %s again", (_, thrown) => {
	expect(waitAfter(thrown, set)).toBeUndefined();
});
