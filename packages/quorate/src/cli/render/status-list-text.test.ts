import { describe, expect, it } from "vitest";
import { QuorateError } from "../../errors.ts";
import { healthyView } from "../../scaling/testing/views.ts";
import { plainStyle } from "../testing/plain-style.ts";
import { statusListText } from "./status-list-text.ts";

const text = (...seen: Parameters<typeof statusListText>[0]) => statusListText(seen, plainStyle()).join("\n");
const mayastor = { namespace: "mayastor", name: "mayastor-etcd" };

describe("the list of all clusters", () => {
	it("has a line for each, and below what is wrong with which, and what helps", () => {
		const view = healthyView();
		const line = "QUORUM LOST: 1 of 3 members answers, 2 needed; etcd takes no writes.";
		const next = ["quorate --context b snapshot save x.db sts/etcd -n lost --pod etcd-0"];
		const refused = new QuorateError("EtcdAccessUnknown", {
			operation: "o",
			message: "no certificate",
			hint: "--cert",
		});
		expect(
			text(
				{ ...mayastor, view },
				{ namespace: "lost", name: "etcd", view, verdict: { kind: "quorum-lost", line, next } },
				{ namespace: "secret", name: "etcd", error: refused },
			),
		).toBe(`NAMESPACE  NAME           HEALTHY  LEADER           VERSION  STATE
mayastor   mayastor-etcd  3/3      mayastor-etcd-0  3.5.9    healthy
lost       etcd           3/3      mayastor-etcd-0  3.5.9    QUORUM LOST
secret     etcd           -        -                -        unknown

lost/etcd: ${line}
  ${next[0]}

secret/etcd: no certificate
  --cert`);
	});

	it("names members that are not well, though etcd takes writes", () => {
		const view = healthyView();
		const members = view.etcd.members.map((member) =>
			member.ordinal === 1 ? { ...member, status: undefined } : member,
		);
		expect(text({ ...mayastor, view: { ...view, etcd: { ...view.etcd, members } } })).toMatch(
			/ 2\/3 .* see mayastor-etcd-1$/m,
		);
	});
});
