import type { Endpoints } from "kubernetes-types/core/v1";
import type { EndpointSlice } from "kubernetes-types/discovery/v1";
import { defineKind } from "../machinery/kind.ts";
import { AGE, column, NAME } from "./columns.ts";

const SHOWN = 3;

function firstFew(list: string[]): string {
	if (list.length === 0) return "<none>";
	const more = list.length > SHOWN ? ` + ${list.length - SHOWN} more...` : "";
	return list.slice(0, SHOWN).join(",") + more;
}

function addresses(endpoints: Endpoints): string {
	const list = (endpoints.subsets ?? []).flatMap((subset) => {
		const found = (subset.addresses ?? []).map((address) => address.ip);
		if (!subset.ports?.length) return found;
		return subset.ports.flatMap((port) => found.map((ip) => `${ip}:${port.port}`));
	});
	return firstFew(list);
}

export const endpoints = defineKind<Endpoints>({
	group: "",
	version: "v1",
	kind: "Endpoints",
	plural: "endpoints",
	singular: "endpoints",
	shortNames: ["ep"],
	namespaced: true,
	schema: "V1Endpoints",
	createOnUpdate: true,
	deprecation: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
	columns: [NAME, column("Endpoints", addresses), AGE],
	setDefaults(object) {
		for (const subset of object.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ??= "TCP";
	},
});

export const endpointslices = defineKind<EndpointSlice>({
	group: "discovery.k8s.io",
	version: "v1",
	kind: "EndpointSlice",
	plural: "endpointslices",
	singular: "endpointslice",
	namespaced: true,
	schema: "V1EndpointSlice",
	generation: true,
	columns: [
		NAME,
		column("AddressType", (slice) => slice.addressType),
		column("Ports", (slice) => {
			const ports = (slice.ports ?? []).map((port) => String(port.port ?? "*"));
			return slice.ports?.length ? firstFew(ports) : "<unset>";
		}),
		column("Endpoints", (slice) => {
			const list = (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
			return slice.endpoints?.length ? firstFew(list) : "<unset>";
		}),
		AGE,
	],
	setDefaults(slice) {
		slice.endpoints ??= [];
		for (const endpoint of slice.endpoints) endpoint.conditions ??= {};
		for (const port of slice.ports ?? []) {
			port.protocol ??= "TCP";
			port.name ??= "";
		}
	},
	validate(slice, errors) {
		if (!["IPv4", "IPv6", "FQDN"].includes(slice.addressType)) {
			if (!slice.addressType) errors.required("addressType");
			else errors.notSupported("addressType", slice.addressType, ["FQDN", "IPv4", "IPv6"]);
		}
		for (const [index, endpoint] of (slice.endpoints ?? []).entries()) {
			if (!endpoint.addresses?.length) {
				errors.required(`endpoints[${index}].addresses`, "must contain at least 1 address");
			}
		}
	},
	validateUpdate(slice, old, errors) {
		if (slice.addressType !== old.addressType) errors.invalid("addressType", slice.addressType, "field is immutable");
	},
});
