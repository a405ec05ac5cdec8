import { Document, visit } from "yaml";
import { escapeControls } from "../harmless.ts";

/** Long strings stay on one line, so that they can be copied; what must not reach a terminal as it is stands in quotes, escaped. */
export function toYaml(value: object): string {
	const document = new Document(value, { aliasDuplicateObjects: false });
	visit(document, {
		Scalar: (_, scalar) => {
			const { value } = scalar;
			if (typeof value === "string" && escapeControls(value) !== value) scalar.type = "QUOTE_DOUBLE";
		},
	});
	return document.toString({ lineWidth: 0 });
}
