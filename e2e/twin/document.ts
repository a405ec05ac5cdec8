import type { Explanation } from "./explained.ts";
import { CHAPTERS } from "./script/index.ts";

/** `docs/lab-and-kubernetes.md`: what the lab does otherwise than Kubernetes, and why. */
export function document(explained: readonly Explanation[]): string {
	const count = CHAPTERS.reduce((sum, { operations }) => sum + operations.length, 0);
	const cell = (text: string) => text.replaceAll("|", "\\|");
	const rows = explained
		.filter(({ reason }) => reason !== "As above")
		.map(({ what, reason }) => `| ${cell(what)} | ${cell(reason)} |`);
	return `# The lab and Kubernetes

One script of ${count} kubectl commands (\`e2e/twin/script\`) runs on the lab and on a real Kubernetes 1.34, and everything that they
answer is compared: objects, order of events, printed tables, error messages, exit codes. Left out is what differs between any two
clusters: ids, times, addresses, names of nodes, versions of objects. What else differs is in this table; anything that is not,
and any line of the table that is no longer so, fails the test.

    QUORATE_TEST_KUBECONFIG=… npm run test:twin

| In the lab | Why |
| --- | --- |
${rows.join("\n")}

This page is made from \`e2e/twin/explained.ts\`; \`QUORATE_TWIN_WRITE=yes\` makes the test write it anew.
`;
}
