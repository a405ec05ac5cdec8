import { stringify } from "yaml";

/** One word of a shell's line. */
export function word(text: string): string {
	return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command that is given documents, in YAML. */
export const withDocument = (command: string, documents: readonly object[]): string =>
	`${command} <<'EOF'\n${documents.map((document) => stringify(document, { lineWidth: 0 })).join("---\n")}EOF`;
