import type { Container, EnvVar } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { tls } from "../checks/tls.ts";
import { testCertificates } from "../etcd/testing/test-certificates.ts";
import { healthyView } from "../scaling/testing/views.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { ClusterAccess } from "./observe.ts";
import { observeSecurity } from "./observe-security.ts";

const SET = "mayastor-etcd";
const SERVICE = "mayastor-etcd-headless";
const field = (name: string, fieldPath: string): EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath } } });

interface Given {
	/** with these variables, TLS on both ports, and the certificate in the Secret `certs` */
	env: Readonly<Record<string, string>>;
	/** that the certificate covers */
	names: readonly string[];
	/** of each present member, as it says. @default by its pod's name */
	clientURL?: (pod: string, ordinal: number) => string;
	/** of each member, behind its pod's name. @default the governing Service's */
	peerDomain?: string;
	replicas?: number;
}

const toldBy = (pod: string) => `https://${pod}.${SERVICE}.mayastor.svc:2379`;

function viewOf({ env, clientURL = toldBy, peerDomain = `${SERVICE}.mayastor.svc` }: Given): ClusterView {
	const view = healthyView();
	const container: Container = {
		name: "etcd",
		image: "etcd:3.5.9",
		command: ["etcd"],
		env: [
			...[field("POD", "metadata.name"), field("NS", "metadata.namespace"), field("IP", "status.podIP")],
			...Object.entries({
				ETCD_NAME: "$(POD)",
				ETCD_LISTEN_CLIENT_URLS: "https://0.0.0.0:2379",
				ETCD_LISTEN_PEER_URLS: "https://$(IP):2380",
				ETCD_CERT_FILE: "/certs/tls.crt",
				ETCD_PEER_CERT_FILE: "/certs/tls.crt",
				...env,
			}).map(([name, value]) => ({ name, value })),
		],
		volumeMounts: [{ name: "certs", mountPath: "/certs" }],
	};
	const volumes = [{ name: "certs", secret: { secretName: "certs" } }];
	const template = { metadata: { labels: { app: "etcd" } }, spec: { containers: [container], volumes } };
	return {
		...view,
		statefulSet: { ...view.statefulSet, template },
		pods: view.pods.map((pod) => ({
			...pod,
			facts: { name: pod.name, namespace: "mayastor", addresses: [`10.0.0.${pod.ordinal}`], whole: true },
		})),
		etcd: {
			...view.etcd,
			members: view.etcd.members.map((member, ordinal) => ({
				...member,
				peerURLs: [`https://${SET}-${ordinal}.${peerDomain}:2380`],
				clientURLs: [clientURL(`${SET}-${ordinal}`, ordinal)],
			})),
		},
	};
}

async function saw(given: Given) {
	const view = viewOf(given);
	const { server } = await testCertificates(given.names);
	const data = { "tls.crt": Buffer.from(server.cert).toString("base64") };
	const cluster = {
		...{ namespace: "mayastor", client: { find: async () => ({ data }) }, found: {} },
		members: { anonymous: () => ({ range: async () => ({}), close: () => {} }) },
	} as unknown as ClusterAccess;
	const security = await observeSecurity(cluster, view, given.replicas ?? 4);
	const { status, saw } = tls({ view, security } as never);
	return { status, saw, hosts: security.certificates.flatMap(({ hosts }) => hosts) };
}

const PEER = { ETCD_INITIAL_ADVERTISE_PEER_URLS: `https://$(POD).${SERVICE}.$(NS).svc:2380` };
const WILDCARD = `*.${SERVICE}.mayastor.svc`;

describe("the names that members' certificates must cover", () => {
	it.each([
		[`https://$(POD).${SERVICE}.$(NS).svc:2379`, toldBy],
		["https://$(IP):2379", (_: string, ordinal: number) => `https://10.0.0.${ordinal}:2379`],
		["https://$(TYPO).example.com:2379", () => "https://$(typo).example.com:2379"],
		["", toldBy],
	])("are no references: %j is advertised", async (url, clientURL) => {
		const env = { ...PEER, ETCD_ADVERTISE_CLIENT_URLS: url };
		const found = await saw({ env, clientURL, names: [WILDCARD] });
		expect(found).toMatchObject({ status: "pass" });
		expect(found.hosts.join()).not.toContain("$");
	});

	it("are those that the template makes of them, for each member", async () => {
		const env = { ...PEER, ETCD_ADVERTISE_CLIENT_URLS: "https://$(POD).clients.$(NS).svc:2379" };
		const found = await saw({ env, names: [WILDCARD] });
		expect(found.status).toBe("fail");
		for (const ordinal of [0, 3]) expect(found.saw).toContain(`${SET}-${ordinal}.clients.mayastor.svc`);
		expect(found.hosts).toContain(`${SET}-3.${SERVICE}.mayastor.svc`);
	});

	it("are those that members say, where the template does not tell", async () => {
		const env = { ...PEER, ETCD_ADVERTISE_CLIENT_URLS: "https://$(TYPO).example.com:2379" };
		const clientURL = (pod: string) => `https://${pod}.example.com:2379`;
		const found = await saw({ env, names: [WILDCARD], clientURL });
		expect(found.status).toBe("fail");
		for (const ordinal of [0, 3]) expect(found.saw).toContain(`${SET}-${ordinal}.example.com`);
		expect(await saw({ env, names: [WILDCARD, "*.example.com"], clientURL })).toMatchObject({ status: "pass" });
	});

	it("are any, where nobody can tell them and present members' are not covered either", async () => {
		const env = { ...PEER, ETCD_ADVERTISE_CLIENT_URLS: "https://$(TYPO).example.com:2379" };
		const clientURL = () => "https://$(typo).example.com:2379";
		const own = { ...env, ETCD_INITIAL_ADVERTISE_PEER_URLS: "https://$(POD).peers:2380" };
		const given = { env: own, clientURL, peerDomain: "peers" };
		const peers = [0, 1, 2, 3].map((ordinal) => `${SET}-${ordinal}.peers`);
		expect(await saw({ ...given, names: ["db.example.com", ...peers] })).toMatchObject({ status: "pass" });
		// present ones are covered one by one: so must be the one to come
		const exact = [0, 1, 2].map((ordinal) => `${SET}-${ordinal}.${SERVICE}.mayastor.svc`);
		const names = [...exact, ...peers];
		const found = await saw({ ...given, names });
		expect(found).toMatchObject({ status: "fail", saw: expect.stringContaining(`${SET}-3.${SERVICE}`) });
		expect(await saw({ ...given, names, replicas: 3 })).toMatchObject({ status: "pass" });
	});
});
