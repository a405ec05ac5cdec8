/**
 * Whether a certificate with these names is good for a host, as Go's TLS sees it: a `*` stands for the whole first label and for
 * one label only; addresses are compared as they are.
 */
export function covers(names: readonly string[], host: string): boolean {
	const wanted = plain(host);
	return names.map(plain).some((name) => {
		if (name === wanted) return true;
		if (!name.startsWith("*.") || name.length < 3) return false;
		const dot = wanted.indexOf(".");
		return dot > 0 && wanted.slice(dot) === name.slice(1);
	});
}

function plain(name: string): string {
	// one IPv6 address has many spellings
	if (name.includes(":") && URL.canParse(`http://[${name}]`)) return new URL(`http://[${name}]`).hostname.slice(1, -1);
	return name.toLowerCase().replace(/\.$/, "");
}
