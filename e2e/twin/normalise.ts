/** What differs between any two clusters: ids, times, addresses, names of nodes, versions of objects. */
const RULES: readonly [RegExp, string][] = [
	[/\b(\d+d)?(\d+h)?\d+m(?=\s|$)/g, "AGE"],
	[/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\n*/g, "CERTIFICATE"],
	[/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "UID"],
	[/\b\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}/g, "TIME"],
	[/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})/g, "TIME"],
	[/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(\/\d+)?\b/g, "ADDRESS"],
	[/\b(node|worker)-\d\b/g, "NODE"],
	[/(resourceVersion: |"resourceVersion": ?)"\d+"/g, '$1"VERSION"'],
	[/\b(containerd|bubblewrap):\/\/[0-9a-f]+/g, "RUNTIME://ID"],
	[/(\\"resourceVersion\\":\\)"\d+\\"/g, '$1"VERSION\\"'],
	[/(Expected resource version to be \d+, was) \d+/g, "$1 VERSION"],
	[/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "-RANDOM"],
	[/start exec "[0-9a-f]{64}"/g, 'start exec "ID"'],
	[/sha256:[0-9a-f]{64}/g, "DIGEST"],
	[/"size":"\d+ kB"/g, '"size":"SIZE"'],
	[/\bkube-api-access-\w{5}\b/g, "kube-api-access-RANDOM"],
	[/\b127\.0\.0\.1:\d+|https:\/\/[\w.]+:\d+/g, "SERVER"],
	[/\(x\d+ over [\dsmh]+\)/g, "(xN over AGE)"],
	[/(?<=^|\s|\()(?:\d+d)?(?:\d+h)?(?:\d+m)?\d+(\.\d+)?m?s(?=$|[\s,)])/gm, "AGE"],
];

/** A text without what differs between any two clusters. Blanks between columns are one tabulator. */
export function normalise(text: string, namespace: string): string {
	let result = text.replaceAll(namespace, "NAMESPACE").replace(/\/tmp\/quorate-twin-\w{6}/g, "FOLDER");
	for (const [pattern, replacement] of RULES) result = result.replace(pattern, replacement);
	return result
		.split("\n")
		.map((line) => line.trimEnd().replace(/(?<=\S) {2,}|\t+/g, "\t"))
		.join("\n");
}

/** Members of an object whose value says nothing about behaviour. */
const MEMBERS: Record<string, string> = { resourceVersion: "VERSION", hostIP: "ADDRESS", podIP: "ADDRESS" };

/** There or not, as somebody came before or after another. */
const BY_CHANCE = ["endpoints.kubernetes.io/last-change-trigger-time"];

/** The same for a JSON value. */
export function normaliseValue(value: unknown, namespace: string, member = ""): unknown {
	if (typeof value === "string") return MEMBERS[member] ?? normalise(value, namespace);
	if (Array.isArray(value)) return value.map((item) => normaliseValue(item, namespace));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([name]) => !BY_CHANCE.includes(name))
			.map(([name, item]) => [normalise(name, namespace), normaliseValue(item, namespace, name)]),
	);
}
