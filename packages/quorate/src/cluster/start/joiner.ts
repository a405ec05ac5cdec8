import { type ClusterView, type MemberView, podName } from "../cluster-view.ts";
import { isKnown, podFacts } from "./environment.ts";
import { hostOf, isGoverned } from "./hosts.ts";
import { templateValue } from "./template-value.ts";

/** A member to come, as etcd will know it; or why that cannot be known. */
export type Joiner =
	| { readonly name: string; readonly peerURLs: readonly string[] }
	| { readonly reason: string; readonly message: string; readonly hint: string };

const NAME_HINT =
	"name each member after its pod: --name=$(POD_NAME) or ETCD_NAME, with POD_NAME from the field metadata.name";
const URLS_HINT =
	"members must advertise their pods' names: --initial-advertise-peer-urls=http://$(POD_NAME).SERVICE:2380";

/**
 * The member of an ordinal that is to join: its name and URLs are what the template makes of them in the new pod. Present members are the
 * evidence: what the template makes of them in their pods must be what they are.
 */
export function joinerAt(view: ClusterView, ordinal: number): Joiner {
	const name = nameAt(view, ordinal);
	if (typeof name !== "string") return name;
	const peerURLs = peerURLsAt(view, ordinal);
	if (!Array.isArray(peerURLs)) return peerURLs as Exclude<Joiner, { name: string }>;
	return unreachable(view, ordinal, peerURLs) ?? { name, peerURLs };
}

type Unknown = Exclude<Joiner, { name: string }>;

const present = (view: ClusterView): readonly (MemberView & { readonly ordinal: number })[] =>
	view.etcd.members.flatMap((member) =>
		member.ordinal === undefined || member.name === "" ? [] : [{ ...member, ordinal: member.ordinal }],
	);

function nameAt(view: ClusterView, ordinal: number): string | Unknown {
	const set = view.statefulSet;
	const pod = podName(set, ordinal);
	const of = templateValue(set, "name");
	const unknown = (message: string): Unknown => ({ reason: "MemberNameUnknown", message, hint: NAME_HINT });
	const members = present(view).filter((member) => member.ordinal !== ordinal);
	const name = of(ordinal) ?? "default";
	if (!isKnown(name)) {
		const alike = members.every((member) => member.name === podName(set, member.ordinal));
		return alike && members.length > 0
			? pod
			: unknown(`the name of the member in ${pod} cannot be known from the template`);
	}
	const same = members.find((member) => member.name === name);
	if (same) return unknown(`the template gives every pod the member name ${name}`);
	const other = members.find((member) => of(member.ordinal) !== member.name);
	if (other)
		return unknown(
			`the template names the member in ${podName(set, other.ordinal)} ${JSON.stringify(of(other.ordinal) ?? "default")}, but it is called ${other.name}`,
		);
	return name;
}

function peerURLsAt(view: ClusterView, ordinal: number): readonly string[] | Unknown {
	const set = view.statefulSet;
	const pod = podName(set, ordinal);
	const of = (at: number): readonly string[] | undefined => {
		const text = templateValue(set, "initial-advertise-peer-urls")(at);
		const urls = isKnown(text) ? text.split(",").map((url) => url.trim()) : [];
		return urls.length > 0 && urls.every((url) => hostOf(url) !== undefined) ? urls : undefined;
	};
	const unknown = (message: string): Unknown => ({ reason: "PeerURLsUnknown", message, hint: URLS_HINT });
	const members = present(view).filter((member) => member.ordinal !== ordinal);
	const model = peerURLsFor(pod, members, (member) => podName(set, member.ordinal));
	const made = of(ordinal);
	if (!made)
		return model ?? unknown(`no present member's peer URL contains its pod's name, so that of ${pod} cannot be told`);
	const taken = made.find((url) => members.some(({ peerURLs }) => peerURLs.includes(url)));
	if (taken) return unknown(`the template gives every pod the peer URL ${taken}`);
	const asMade = members.some((member) => sameURLs(of(member.ordinal), member.peerURLs));
	if (asMade || sameURLs(model, made)) return made;
	const [first] = members;
	return unknown(
		`the template gives ${pod} the peer URL ${made.join(",")}, unlike present members${first ? ` (${first.name} has ${first.peerURLs.join(",")})` : ""}`,
	);
}

const sameURLs = (one: readonly string[] | undefined, other: readonly string[] | undefined): boolean =>
	one !== undefined && other !== undefined && [...one].sort().join() === [...other].sort().join();

/** Others must find it by its name before it is Ready, and it will find none of them otherwise. */
function unreachable(view: ClusterView, ordinal: number, peerURLs: readonly string[]): Unknown | undefined {
	const set = view.statefulSet;
	const pod = podName(set, ordinal);
	const host = peerURLs.flatMap((url) => hostOf(url) ?? []).find((host) => !isGoverned(host, pod, set));
	if (host === undefined) return undefined;
	const [service = "", namespace = set.namespace] = host.split(".");
	const labels = podFacts(set, set.record?.template ?? set.template, ordinal).labels ?? {};
	const found = view.services?.find(({ name }) => name === service && namespace === set.namespace);
	const selects =
		found && Object.entries(found.selector).every(([key, value]) => labels[key] === value) && found.publishesNotReady;
	if (selects && Object.keys(found.selector).length > 0) return undefined;
	const wanted = {
		apiVersion: "v1",
		kind: "Service",
		metadata: { name: service },
		spec: {
			clusterIP: "None",
			publishNotReadyAddresses: true,
			selector: { "statefulset.kubernetes.io/pod-name": pod },
			ports: [{ name: "peer", port: Number(new URL(peerURLs[0] ?? "").port) || 2380 }],
		},
	};
	const what = found
		? `Service ${service} does not select pod ${pod} before it is Ready`
		: `that is no pod's name in Service ${set.serviceName}, and there is no Service ${service} in namespace ${set.namespace}`;
	return {
		reason: "PeerNameUnresolvable",
		message: `${pod} would be reached as ${host}, but ${what}`,
		hint:
			namespace === set.namespace && /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(service)
				? `create it first: echo '${JSON.stringify(wanted)}' | kubectl apply -n ${set.namespace} -f -`
				: `advertise names of the governing Service: http://$(POD_NAME).${set.serviceName}.${set.namespace}.svc:2380`,
	};
}

/**
 * A new member's peer URLs: a present member's, with its pod's name replaced by the new pod's. Undefined where no member's URLs all have
 * its pod's name, or are none at all.
 */
export function peerURLsFor<M extends { readonly name: string; readonly peerURLs: readonly string[] }>(
	newPod: string,
	members: readonly M[],
	podOf: (member: M) => string = ({ name }) => name.split(".")[0] ?? "",
): string[] | undefined {
	for (const member of members) {
		const pod = podOf(member);
		if (pod === "" || member.peerURLs.length === 0 || !member.peerURLs.every((url) => hostOf(url) !== undefined))
			continue;
		// the name as a whole label: etcd-1 is no part of etcd-10
		const label = new RegExp(`(?<![\\w-])${pod.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`, "g");
		const urls = member.peerURLs.map((url) => url.replace(label, newPod));
		if (urls.every((url, index) => url !== member.peerURLs[index])) return urls;
	}
	return undefined;
}
