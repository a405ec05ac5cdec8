import { ApiError } from "../api-error.ts";

/** How an answer is to look. */
export interface Representation {
	/** `Table` and the partial kinds are what lists and objects can be turned into */
	as: "object" | "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList" | "APIGroupDiscoveryList";
	/** the version of that: `v1` */
	version: string;
	type: "application/json" | "application/yaml";
}

const PLAIN: Representation = { as: "object", version: "", type: "application/json" };

/** What kubectl asks for `/openapi/v2` in. */
export const OPEN_API_V2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

const PARTIAL = ["Table", "PartialObjectMetadata", "PartialObjectMetadataList"] as const;

/** The first of the accepted types that there is an answer in. @throws {ApiError} 406 */
export function negotiate(accept: string | undefined): Representation {
	if (!accept) return PLAIN;
	for (const entry of accept.split(",")) {
		const [type = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
		const given = new Map(parameters.map((part) => [part.split("=")[0], part.split("=")[1] ?? ""]));
		const as = given.get("as");
		if (type.replace("@", ".") === OPEN_API_V2) return PLAIN;
		if (type === "application/yaml" && !as) return { ...PLAIN, type };
		if (!["application/json", "application/*", "*/*"].includes(type)) continue;
		if (!as) return PLAIN;
		const partial = PARTIAL.find((name) => name.toLowerCase() === as);
		if (partial && given.get("g") === "meta.k8s.io" && given.get("v") === "v1")
			return { ...PLAIN, as: partial, version: "v1" };
		const version = given.get("v") ?? "";
		if (as === "apigroupdiscoverylist" && ["v2", "v2beta1"].includes(version)) {
			return { ...PLAIN, as: "APIGroupDiscoveryList", version };
		}
	}
	throw new ApiError(
		406,
		"NotAcceptable",
		"only the following media types are accepted: application/json, application/yaml",
	);
}

export const mediaType = (header: string | undefined): string =>
	(header ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
