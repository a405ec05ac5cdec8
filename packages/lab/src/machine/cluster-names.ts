import type { Endpoints, Service } from "kubernetes-types/core/v1";
import type { Api } from "../api/api.ts";
import { ENDPOINTS, NAMESPACES, SERVICES } from "../api/resources.ts";
import { answerQuestion, type NameSource, ZONE } from "./dns-answers.ts";

/** The names as the API has them at the moment of asking. */
export function clusterNames(api: Api): NameSource {
	return {
		hasNamespace: (name) => api.get(NAMESPACES, undefined, name) !== undefined,
		service: (namespace, name) => api.get<Service>(SERVICES, namespace, name),
		endpoints: (namespace, name) => api.get<Endpoints>(ENDPOINTS, namespace, name),
		allServices: () => api.list<Service>(SERVICES),
	};
}

/** Addresses of a name as a program on the machine would look it up: `x.ns`, `x.ns.svc` and the whole name are all right. */
export function lookUp(name: string, source: NameSource): string[] {
	for (const suffix of ["", `.${ZONE}`, `.svc.${ZONE}`]) {
		const { answers } = answerQuestion({ name: name + suffix, type: "A" }, source);
		const addresses = answers.flatMap((answer) => (answer.type === "A" ? [answer.data] : []));
		if (addresses.length > 0) return addresses;
	}
	return [];
}
