import type { Endpoints, Service } from "kubernetes-types/core/v1";

/** One TCP port of a Service's own address. */
export interface ServicePort {
	address: string;
	port: number;
	/** endpoints name their ports as the Service does; "" where it has one port without a name */
	name: string;
}

export interface Backend {
	address: string;
	port: number;
}

export function servicePorts(service: Service): ServicePort[] {
	const address = service.spec?.clusterIP;
	if (!address || address === "None" || service.spec?.type === "ExternalName") return [];
	const tcp = (service.spec?.ports ?? []).filter((port) => (port.protocol ?? "TCP") === "TCP");
	return tcp.map((port) => ({ address, port: port.port, name: port.name ?? "" }));
}

/** The ready endpoints of a Service's port. */
export function backendsOf(port: ServicePort, endpoints: Endpoints | undefined): Backend[] {
	return (endpoints?.subsets ?? []).flatMap((subset) => {
		const target = subset.ports?.find((one) => (one.name ?? "") === port.name);
		return target ? (subset.addresses ?? []).map((address) => ({ address: address.ip, port: target.port })) : [];
	});
}
