// Says at the end of a test run which tests were skipped, and what they need.
const NEEDS = [
	"QUORATE_ETCD=FOLDER  a folder with one subfolder per version of etcd (3.4 to 3.7), each with etcd, etcdctl and etcdutl",
	"QUORATE_HELM=FILE    the helm program, if there is none in PATH",
	"QUORATE_TEST_KUBECONFIG=FILE  a real Kubernetes; CONTRIBUTING.md says what it must have",
];

export default class SkippedReporter {
	onTestRunEnd(modules) {
		const skipped = modules
			.map((module) => ({ file: module.relativeModuleId, count: count(module, "skipped"), all: count(module) }))
			.filter((module) => module.count > 0);
		if (skipped.length === 0) return;
		const total = modules.reduce((sum, module) => sum + count(module), 0);
		const missing = skipped.reduce((sum, module) => sum + module.count, 0);
		const lines = skipped.map(({ file, count, all }) => `  ${String(count).padStart(4)} of ${all} in ${file}`);
		console.log(
			[
				`${missing} of ${total} tests were skipped:`,
				...lines,
				"",
				"They need:",
				...NEEDS.map((need) => `  ${need}`),
			].join("\n"),
		);
	}
}

function count(module, state) {
	return [...module.children.allTests(state)].length;
}
