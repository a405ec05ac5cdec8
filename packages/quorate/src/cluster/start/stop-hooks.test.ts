import type { Container } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { stopHooks } from "./stop-hooks.ts";

const container = (given: Partial<Container>): Container => ({ name: "etcd", image: "etcd:3.5.9", ...given });
const hooksOf = (given: Partial<Container>) => stopHooks({ containers: [container(given)] });
const exec = (...command: string[]) => hooksOf({ lifecycle: { preStop: { exec: { command } } } });
const sh = (script: string) => exec("/bin/sh", "-ec", script);

describe("what runs when a pod ends", () => {
	it.each([
		`ID=$(etcdctl member list | grep ", $(hostname)," | cut -d, -f1)\netcdctl member remove $ID\nrm -rf /var/lib/etcd/*`,
		"etcdctl --endpoints=$EPS member remove $(cat /data/member_id)",
		// the Kubernetes chart of old
		`EPS=""\nfor i in 0 1 2; do EPS="$EPS,http://etcd-$i:2379"; done\nETCDCTL_ENDPOINT=$EPS etcdctl member remove $(member_hash)`,
		"rm -fr /var/lib/etcd/member",
	])("takes a member out, or its data: %s", (script) => {
		expect(sh(script)).toMatchObject([{ container: "etcd", does: "removes", bitnami: false }]);
	});

	it("is Bitnami's own, by its name", () =>
		expect(exec("/opt/bitnami/scripts/etcd/prestop.sh")).toMatchObject([{ does: "removes", bitnami: true }]));

	it.each(["/scripts/stop.sh", "/bin/leave"])("is not known: %s", (path) =>
		expect(exec(path)).toMatchObject([{ does: "unknown", quote: `\`${path}\`` }]),
	);

	it.each([
		". /scripts/lib.sh; leave_cluster",
		"eval $STOP",
		"$ETCDCTL_TOOL $ARGS",
		"curl -XPOST http://127.0.0.1:2379/v3/cluster/member/remove",
		"echo bye > /data/leave",
		"bash -c 'etcdctl defrag'",
		"if true; then",
	])("is not known: %s", (script) => expect(sh(script)).toMatchObject([{ does: "unknown" }]));

	it("calls a server that may do anything", () =>
		expect(hooksOf({ lifecycle: { preStop: { httpGet: { path: "/stop", port: 80 } } } })).toEqual([
			{ container: "etcd", does: "unknown", quote: "`httpGet 80/stop`", bitnami: false },
		]));

	it.each([
		["sleep", "15"],
		["/bin/sh", "-c", "sleep 5"],
		["sh", "-ec", "etcdctl endpoint status; etcdctl move-leader $(cat /tmp/next) || true; sleep 1"],
		["bash", "-euo", "pipefail", "-c", "for i in 1 2; do sleep $i; done > /dev/null 2>&1"],
	])("leaves the member alone: %s", (...command) => {
		expect(exec(...command)).toEqual([]);
	});

	it("is none, or only waits", () => {
		expect(hooksOf({})).toEqual([]);
		expect(hooksOf({ lifecycle: { preStop: { sleep: { seconds: 3 } } as object } })).toEqual([]);
		expect(hooksOf({ lifecycle: { postStart: { exec: { command: ["/x"] } } } })).toEqual([]);
	});

	it("may be in a container beside etcd, or in its script", () => {
		const beside = container({
			name: "leaver",
			command: ["sh", "-c", "trap 'etcdctl member remove $ID' TERM; sleep infinity & wait"],
		});
		expect(stopHooks({ containers: [container({}), beside] })).toMatchObject([
			{ container: "leaver", does: "removes" },
		]);
		const sidecar = container({ name: "s", lifecycle: { preStop: { exec: { command: ["/stop"] } } } });
		expect(stopHooks({ containers: [], initContainers: [sidecar] })).toMatchObject([{ container: "s" }]);
	});
});
