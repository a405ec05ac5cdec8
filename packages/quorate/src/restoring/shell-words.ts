import { stringify } from "yaml";

/** A command that is given documents, in YAML. */
export const withDocument = (command: string, documents: readonly object[]): string =>
	`${command} <<'EOF'\n${documents.map((document) => stringify(document, { lineWidth: 0 })).join("---\n")}EOF`;
