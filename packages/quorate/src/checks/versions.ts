import { advice, type CheckAbout, type CheckStatus } from "./check.ts";
import { dangersOf } from "./version-dangers.ts";

const about: CheckAbout = {
	id: "versions-known",
	group: "etcd",
	passes: "No version with a known defect that a change of members can meet, and all of one minor",
	why: "a known defect of etcd, or an upgrade under way",
	todo: "finish an upgrade that is under way, and upgrade etcd to the newest patch release of its minor version",
};

export const versions = advice(about, ({ view }) => {
	const found = [...new Set(view.etcd.members.flatMap((m) => (m.status ? [m.status.version] : [])))].sort();
	const saw = `etcd ${found.join(", ") || "of unknown version"}`;
	const dangers = found.flatMap((version) => dangersOf(version).map((danger) => `${version}: ${danger}`));
	const minors = new Set(found.map((version) => version.split(".").slice(0, 2).join(".")));
	const status: CheckStatus = dangers.length > 0 || minors.size > 1 ? "warn" : "pass";
	if (status === "pass") return { status, saw };
	const mixed = minors.size > 1 ? ["members of different minor versions: an upgrade is under way"] : [];
	const odd = [
		...(minors.size > 1 ? ["members run different minor versions"] : []),
		...(dangers.length > 0 ? ["a version with known defects"] : []),
	];
	return {
		status,
		saw: `${odd.join("; ")}: ${saw}`,
		why: [...mixed, ...dangers].join("; "),
		hint: "finish an upgrade that is under way, and upgrade etcd to the newest patch release of its minor version",
	};
});
