import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { etcdError, failureOf } from "./failure.ts";
import { EtcdError } from "./member-client.ts";

describe("failureOf", () => {
	it.each([Code.Unavailable, Code.FailedPrecondition])("goes by the message, not by the code (%s)", (code) => {
		expect(failureOf("etcdserver: rpc not supported for learner", code)).toBe("NotSupportedForLearner");
		expect(failureOf("etcdserver: unhealthy cluster", code)).toBe("UnhealthyCluster");
	});

	it("tells a learner that is behind from a member that votes", () => {
		const behind = "etcdserver: can only promote a learner member which is in sync with leader";
		expect(failureOf(behind, Code.FailedPrecondition)).toBe("LearnerNotReady");
		expect(failureOf("etcdserver: can only promote a learner member", Code.FailedPrecondition)).toBe("NotLearner");
	});

	it.each([
		["etcdserver: re-configuration failed due to not enough started members", "NotEnoughStarted"],
		["etcdserver: too many learner members in cluster", "TooManyLearners"],
		["etcdserver: Peer URLs already exists", "MemberExists"],
		["etcdserver: member ID already exist", "MemberExists"],
		["etcdserver: not leader", "NotLeader"],
		["etcdserver: no leader", "NoLeader"],
		["etcdserver: mvcc: database space exceeded", "NoSpace"],
		["etcdserver: corrupt cluster", "Corrupt"],
		["etcdserver: authentication failed, invalid user ID or password", "Unauthenticated"],
		["etcdserver: permission denied", "PermissionDenied"],
	])("%s", (message, failure) => {
		expect(failureOf(message)).toBe(failure);
	});

	it("takes an etcd that cannot answer for unavailable, and an odd answer for what it is", () => {
		expect(failureOf("etcdserver: leader changed", Code.Unavailable)).toBe("Unavailable");
		expect(failureOf("etcdserver: request timed out", Code.Unavailable)).toBe("Unavailable");
		expect(failureOf("unknown method", Code.Unimplemented)).toBe("Unimplemented");
		expect(failureOf("etcdserver: key is not provided", Code.InvalidArgument)).toBe("Other");
		expect(failureOf("etcdserver: request canceled", Code.Canceled)).toBe("Other");
	});

	it("takes a broken connection for unavailable, however it is told", () => {
		for (const code of [Code.Internal, Code.Canceled, Code.Aborted]) {
			expect(failureOf("http/2 stream closed", code)).toBe("Unavailable");
		}
	});
});

describe("etcdError", () => {
	it("keeps the cause and says who was asked for what", () => {
		const cause = new ConnectError("etcdserver: not leader", Code.FailedPrecondition);
		const error = etcdError("MoveLeader", "etcd-1", cause);
		expect(error).toMatchObject({ failure: "NotLeader", call: "MoveLeader", member: "etcd-1", cause });
		expect(error.message).toBe("etcdserver: not leader");
	});

	it("is Aborted when the caller aborted, whatever came of it", () => {
		const error = etcdError("Put", "m", new ConnectError("x", Code.Unavailable), AbortSignal.abort("enough"));
		expect(error).toMatchObject({ failure: "Aborted", cause: "enough" });
	});

	it("does not wrap twice", () => {
		const inner = new EtcdError("Unauthenticated", "Authenticate", "m", "no");
		expect(etcdError("Put", "m", inner)).toBe(inner);
		expect(etcdError("Put", "m", ConnectError.from(inner))).toBe(inner);
	});
});
