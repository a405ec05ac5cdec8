// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a shell's, not JavaScript's
import type { Container } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { healthyView } from "../../scaling/testing/views.ts";
import type { ClusterView, MemberView } from "../cluster-view.ts";
import { joinerAt, peerURLsFor } from "./joiner.ts";

const SET = "mayastor-etcd";
const DOMAIN = "mayastor-etcd-headless.mayastor.svc.cluster.local";
const pod = { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };
const namespace = { name: "NS", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } };
const podIP = { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } };

interface Given {
	container: Partial<Container>;
	members?: (pod: string, ordinal: number) => Partial<MemberView>;
	services?: ClusterView["services"];
}

function joiner({ container, members = () => ({}), services }: Given) {
	const view = healthyView();
	const template = structuredClone(view.statefulSet.template);
	Object.assign(template.spec?.containers[0] ?? {}, { env: [pod, namespace, podIP], ...container });
	const all = view.etcd.members.map((member, ordinal) => ({ ...member, ...members(`${SET}-${ordinal}`, ordinal) }));
	return joinerAt(
		{
			...view,
			statefulSet: { ...view.statefulSet, template },
			etcd: { ...view.etcd, members: all },
			...(services ? { services } : {}),
		},
		3,
	);
}

const etcd = (...args: string[]) => ({ command: ["etcd"], args });

describe("the member to come", () => {
	it("has the names that the template makes of its pod", () => {
		const container = etcd(
			"--name=$(POD)",
			"--initial-advertise-peer-urls=http://$(POD).mayastor-etcd-headless.$(NS).svc.cluster.local:2380",
		);
		expect(joiner({ container })).toEqual({ name: `${SET}-3`, peerURLs: [`http://${SET}-3.${DOMAIN}:2380`] });
	});

	it("has its domain in its name and its URL, where the others have (fqdn-name)", () => {
		const container = etcd(`--name=$(POD).${DOMAIN}`, `--initial-advertise-peer-urls=http://$(POD).${DOMAIN}:2380`);
		const members = (pod: string) => ({ name: `${pod}.${DOMAIN}` });
		expect(joiner({ container, members })).toEqual({
			name: `${SET}-3.${DOMAIN}`,
			peerURLs: [`http://${SET}-3.${DOMAIN}:2380`],
		});
		// the URL as the others have it, where the template tells none
		expect(joiner({ container: etcd(`--name=$(POD).${DOMAIN}`), members })).toMatchObject({
			peerURLs: [`http://${SET}-3.${DOMAIN}:2380`],
		});
	});

	it("is named by the pod's index, where the others are", () => {
		const index = {
			name: "INDEX",
			valueFrom: { fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" } },
		};
		const container = { command: ["etcd"], args: ["--name=etcd$(INDEX)"], env: [index] };
		expect(joiner({ container, members: (_, ordinal) => ({ name: `etcd${ordinal}` }) })).toMatchObject({
			name: "etcd3",
			peerURLs: [`http://${SET}-3.${DOMAIN}:2380`],
		});
	});

	it("is named after its pod where only a script knows, and all others are", () => {
		const container = { command: ["sh", "-c", "exec etcd --name=${HOSTNAME##*/} --initial-cluster=a=b"] };
		expect(joiner({ container })).toMatchObject({ name: `${SET}-3` });
		expect(joiner({ container, members: (_, ordinal) => ({ name: `m${ordinal}` }) })).toMatchObject({
			reason: "MemberNameUnknown",
		});
	});

	it.each<[string, Given, string, RegExp]>([
		["one name for all", { container: etcd(`--name=${SET}-1`) }, "MemberNameUnknown", /every pod the member name/],
		[
			"etcd's own name (default-name)",
			{ container: etcd(), members: () => ({ name: "default" }) },
			"MemberNameUnknown",
			/every pod the member name default/,
		],
		[
			"other names than the members have",
			{ container: etcd("--name=$(POD).x") },
			"MemberNameUnknown",
			/but it is called mayastor-etcd-0/,
		],
		[
			"one URL for all",
			{ container: etcd("--name=$(POD)", `--initial-advertise-peer-urls=http://${SET}-0.${DOMAIN}:2380`) },
			"PeerURLsUnknown",
			/every pod the peer URL/,
		],
		[
			"addresses",
			{
				container: etcd("--name=$(POD)", "--initial-advertise-peer-urls=http://$(IP):2380"),
				members: (_, ordinal) => ({ peerURLs: [`http://10.0.0.${ordinal}:2380`] }),
			},
			"PeerURLsUnknown",
			/no present member's peer URL/,
		],
		[
			"other URLs than the members have",
			{ container: etcd("--name=$(POD)", "--initial-advertise-peer-urls=http://$(POD).other:2380") },
			"PeerURLsUnknown",
			/unlike present members/,
		],
		[
			"a reference that nobody replaces",
			{
				container: etcd("--name=$(POD)", "--initial-advertise-peer-urls=http://$(NONE).x:2380"),
				members: () => ({ peerURLs: ["http://$(none).x:2380"] }),
			},
			"PeerURLsUnknown",
			/no present member/,
		],
	])("is refused with %s", (_, given, reason, message) => {
		expect(joiner(given)).toMatchObject({ reason, message: expect.stringMatching(message) });
	});

	describe("with a Service for each pod", () => {
		const given = {
			container: etcd("--name=$(POD)", "--initial-advertise-peer-urls=http://$(POD):2380"),
			members: (pod: string) => ({ peerURLs: [`http://${pod}:2380`] }),
		};
		const service = {
			name: `${SET}-3`,
			selector: { "statefulset.kubernetes.io/pod-name": `${SET}-3` },
			publishesNotReady: true,
		};

		it("joins where its own is there", () =>
			expect(joiner({ ...given, services: [service] })).toEqual({
				name: `${SET}-3`,
				peerURLs: [`http://${SET}-3:2380`],
			}));

		it.each<[string, ClusterView["services"]]>([
			["is not there", [{ ...service, name: `${SET}-0` }]],
			["could not be looked for", undefined],
			["selects another pod", [{ ...service, selector: { "statefulset.kubernetes.io/pod-name": `${SET}-0` } }]],
			["selects no pod", [{ ...service, selector: {} }]],
			["waits until it is Ready", [{ ...service, publishesNotReady: false }]],
		])("is refused where its own %s, with the command that makes it", (_, services) =>
			expect(joiner({ ...given, ...(services ? { services } : {}) })).toMatchObject({
				reason: "PeerNameUnresolvable",
				hint: expect.stringContaining(`"metadata":{"name":"${SET}-3"}`),
			}),
		);
	});
});

describe("peerURLsFor", () => {
	it("puts the new pod's name in the place of a present one's, as a whole label", () => {
		expect(peerURLsFor("etcd-10", [{ name: "etcd-1", peerURLs: ["https://etcd-1.etcd-1x.ns.svc:2380"] }])).toEqual([
			"https://etcd-10.etcd-1x.ns.svc:2380",
		]);
	});

	it("does not guess where no URL has its pod's name", () => {
		expect(peerURLsFor("etcd-3", [{ name: "etcd-0", peerURLs: ["http://10.0.0.1:2380"] }])).toBeUndefined();
		expect(peerURLsFor("etcd-3", [{ name: "etcd-0", peerURLs: ["etcd-0"] }])).toBeUndefined();
	});
});
