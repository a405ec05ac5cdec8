/** JSON as Go's encoder writes a map: keys sorted, and `<`, `>`, `&` escaped. Revision names are hashes of it. */
export function goJson(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(goJson).join(",")}]`;
	if (typeof value === "object" && value !== null) {
		const fields = Object.entries(value).filter(([, field]) => field !== undefined);
		fields.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
		return `{${fields.map(([key, field]) => `${goJson(key)}:${goJson(field)}`).join(",")}}`;
	}
	return (JSON.stringify(value) ?? "null").replace(
		/[<>&\u2028\u2029]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}

/** FNV-1, 32 bits. */
export function fnv32(text: string): number {
	let hash = 0x811c9dc5;
	for (const byte of Buffer.from(text)) hash = (Math.imul(hash, 0x01000193) ^ byte) >>> 0;
	return hash;
}

/** Letters that spell no words and digits that are not mistaken for letters, as Kubernetes' generated names use. */
const SAFE = "bcdfghjklmnpqrstvwxz2456789";

export function safeEncode(text: string): string {
	return [...Buffer.from(text)].map((byte) => SAFE[byte % SAFE.length]).join("");
}
