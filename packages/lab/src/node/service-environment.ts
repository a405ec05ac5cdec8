import type { Service } from "kubernetes-types/core/v1";

/** The variables by which pods find Services: `{NAME}_SERVICE_HOST` and the older `{NAME}_PORT_2379_TCP_ADDR` forms. */
export function serviceEnvironment(services: Service[]): [string, string][] {
	return services.flatMap((service) => {
		const host = service.spec?.clusterIP;
		const ports = service.spec?.ports ?? [];
		const [first] = ports;
		if (!host || host === "None" || !first) return [];
		const name = variableName(service.metadata?.name ?? "");
		const variables: [string, string][] = [
			[`${name}_SERVICE_HOST`, host],
			[`${name}_SERVICE_PORT`, String(first.port)],
		];
		for (const port of ports) {
			if (port.name) variables.push([`${name}_SERVICE_PORT_${variableName(port.name)}`, String(port.port)]);
		}
		const url = (protocol: string, port: number) => `${protocol.toLowerCase()}://${host}:${port}`;
		variables.push([`${name}_PORT`, url(first.protocol ?? "TCP", first.port)]);
		for (const { port, protocol = "TCP" } of ports) {
			const prefix = `${name}_PORT_${port}_${protocol.toUpperCase()}`;
			variables.push([prefix, url(protocol, port)], [`${prefix}_PROTO`, protocol.toLowerCase()]);
			variables.push([`${prefix}_PORT`, String(port)], [`${prefix}_ADDR`, host]);
		}
		return variables;
	});
}

const variableName = (name: string) => name.toUpperCase().replaceAll("-", "_");
