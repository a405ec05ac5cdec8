import type { Answer, Question } from "dns-packet";
import type { EndpointAddress, EndpointPort, Endpoints, Service } from "kubernetes-types/core/v1";

/** What the names are made from. */
export interface NameSource {
	hasNamespace(name: string): boolean;
	service(namespace: string, name: string): Service | undefined;
	endpoints(namespace: string, name: string): Endpoints | undefined;
	/** everything that has an address, for reverse look-ups */
	allServices(): Service[];
}

export interface Reply {
	code: "NOERROR" | "NXDOMAIN";
	answers: Answer[];
	additionals: Answer[];
}

export const ZONE = "cluster.local";
/** seconds; as the kubernetes plugin of CoreDNS has it by default */
export const TTL = 5;

const NOT_THERE: Reply = { code: "NXDOMAIN", answers: [], additionals: [] };
const NOTHING_OF_THAT_TYPE: Reply = { code: "NOERROR", answers: [], additionals: [] };

/** One host behind a name: the name it has itself, its address and its ports. */
interface Host {
	name: string;
	address: string;
	ports: EndpointPort[];
}

/**
 * Answers as the Kubernetes DNS specification 1.1.0 has it. A name outside the cluster does not exist; a name that exists, but not
 * with the type asked for, is answered with nothing, so that a resolver asking for IPv6 goes on at once.
 */
export function answerQuestion(question: Pick<Question, "name" | "type">, source: NameSource): Reply {
	const name = question.name.toLowerCase().replace(/\.$/, "");
	if (name.endsWith(".in-addr.arpa")) return reverse(name, question.type, source);
	if (name === ZONE || name === `svc.${ZONE}`) return NOTHING_OF_THAT_TYPE;
	if (!name.endsWith(`.svc.${ZONE}`)) return NOT_THERE;
	const [namespace = "", service, ...rest] = name.slice(0, -`.svc.${ZONE}`.length).split(".").reverse();
	if (service === undefined) return source.hasNamespace(namespace) ? NOTHING_OF_THAT_TYPE : NOT_THERE;
	const found = source.service(namespace, service);
	if (!found) return NOT_THERE;
	const target = found.spec?.type === "ExternalName" ? found.spec.externalName : undefined;
	if (target !== undefined && rest.length === 0) {
		return { ...NOTHING_OF_THAT_TYPE, answers: [{ type: "CNAME", name, ttl: TTL, data: target }] };
	}
	const hosts = hostsOf(found, source);
	if (rest.length === 2) return serviceRecords(name, rest, hosts, question.type);
	if (rest.length > 2) return NOT_THERE;
	const meant = rest[0] === undefined ? hosts : hosts.filter((host) => host.name.split(".")[0] === rest[0]);
	if (rest[0] !== undefined && !isHeadless(found)) return NOT_THERE;
	if (meant.length === 0) return NOT_THERE;
	if (question.type === "A") return { ...NOTHING_OF_THAT_TYPE, answers: distinct(meant).map((host) => a(name, host)) };
	if (question.type !== "SRV") return NOTHING_OF_THAT_TYPE;
	return srv(name, meant, () => true);
}

const isHeadless = (service: Service) => service.spec?.clusterIP === "None";

function hostsOf(service: Service, source: NameSource): Host[] {
	const { name = "", namespace = "" } = service.metadata ?? {};
	const base = `${name}.${namespace}.svc.${ZONE}`;
	if (!isHeadless(service)) {
		const address = service.spec?.clusterIP;
		const ports = (service.spec?.ports ?? []).map(({ name, port, protocol }) => ({
			port,
			...(name ? { name } : {}),
			...(protocol ? { protocol } : {}),
		}));
		return address ? [{ name: base, address, ports }] : [];
	}
	const subsets = source.endpoints(namespace, name)?.subsets ?? [];
	return subsets.flatMap((subset) => {
		const addresses = [
			...(subset.addresses ?? []),
			...(service.spec?.publishNotReadyAddresses ? (subset.notReadyAddresses ?? []) : []),
		];
		return addresses.map((address) => ({
			name: `${hostLabel(address)}.${base}`,
			address: address.ip,
			ports: subset.ports ?? [],
		}));
	});
}

const hostLabel = (address: EndpointAddress) => address.hostname || address.ip.replaceAll(".", "-");

function serviceRecords(name: string, [protocol, port]: string[], hosts: Host[], type: Question["type"]): Reply {
	const wanted = (one: EndpointPort) =>
		port === `_${one.name?.toLowerCase() ?? ""}` && protocol === `_${(one.protocol ?? "TCP").toLowerCase()}`;
	if (!hosts.some((host) => host.ports.some(wanted))) return NOT_THERE;
	return type === "SRV" ? srv(name, hosts, wanted) : NOTHING_OF_THAT_TYPE;
}

function srv(name: string, hosts: Host[], wanted: (port: EndpointPort) => boolean): Reply {
	const records = hosts.flatMap((host) => host.ports.filter(wanted).map(({ port }) => ({ host, port })));
	const weight = Math.max(1, Math.floor(100 / Math.max(1, records.length)));
	return {
		code: "NOERROR",
		answers: records.map(({ host, port }) => ({
			type: "SRV",
			name,
			ttl: TTL,
			data: { priority: 0, weight, port, target: host.name },
		})),
		additionals: distinct(records.map(({ host }) => host)).map((host) => a(host.name, host)),
	};
}

function reverse(name: string, type: Question["type"], source: NameSource): Reply {
	const address = name.slice(0, -".in-addr.arpa".length).split(".").reverse().join(".");
	const services = source.allServices();
	const headless = services.filter(isHeadless);
	const hosts = [...services.filter((one) => !isHeadless(one)), ...headless].flatMap((one) => hostsOf(one, source));
	const found = hosts.filter((host) => host.address === address);
	if (found.length === 0) return NOT_THERE;
	if (type !== "PTR") return NOTHING_OF_THAT_TYPE;
	return { ...NOTHING_OF_THAT_TYPE, answers: found.map((host) => ({ type: "PTR", name, ttl: TTL, data: host.name })) };
}

const a = (name: string, host: Host): Answer => ({ type: "A", name, ttl: TTL, data: host.address });

const distinct = (hosts: Host[]) => [...new Map(hosts.map((host) => [host.address + host.name, host])).values()];
