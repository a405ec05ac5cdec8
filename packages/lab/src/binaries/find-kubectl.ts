import { type FindProgramOptions, type FoundProgram, findProgram } from "./find-program.ts";

const VERSION = "1.34.11";

/** Of dl.k8s.io's kubectl for Linux, as published beside it (collected from kubespray's checksums.yml). */
const RELEASES: Record<string, { architecture: string; sha256: string } | undefined> = {
	x64: { architecture: "amd64", sha256: "8efbb9435132a190920eb65a47a8c1ecf755ad85ab57a600c9bedbab460bb7a8" },
	arm64: { architecture: "arm64", sha256: "5b045a4712674c88a56fd98eef4285689738b7fbe8735e1b9ee3509521af5cb4" },
};

/**
 * kubectl, which the tests and the guide need (Quorate itself never does): QUORATE_KUBECTL, PATH, the cache,
 * dl.k8s.io, the distribution.
 */
export function findKubectl(options: FindProgramOptions = {}): Promise<FoundProgram> {
	const release = RELEASES[process.arch];
	const url = `https://dl.k8s.io/release/v${VERSION}/bin/linux/${release?.architecture}/kubectl`;
	return findProgram(
		{
			name: "kubectl",
			variable: "QUORATE_KUBECTL",
			package: "kubernetes-client",
			...(release ? { release: { version: VERSION, url, sha256: release.sha256 } } : {}),
			hint: "install kubectl (https://kubernetes.io/docs/tasks/tools/), or name one with QUORATE_KUBECTL",
		},
		options,
	);
}
