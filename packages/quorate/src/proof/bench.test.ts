import { it } from "vitest";
import { etcdBinaries } from "../etcd/testing/etcd-binaries.ts";
import { startEtcd, dialer } from "../etcd/testing/etcd-process.ts";
import { openTransport } from "../etcd/transport.ts";
import { createClient } from "@connectrpc/connect";
import { KV } from "../../generated/rpc_pb.ts";
import { saveSnapshot } from "../etcd/snapshot/save.ts";
import { readSnapshot } from "../etcd/snapshot/read.ts";
import { compareHashes } from "./compare-hashes.ts";
import { compareKeyspaces } from "./compare-keyspaces.ts";
import { prove } from "./prove.ts";
import { rmSync } from "node:fs";
it("bench", async () => {
	const bin = etcdBinaries().find(b => b.version === "3.5.35")!;
	const etcd = await startEtcd(bin, { args: ["--max-txn-ops=1000", "--unsafe-no-fsync"] });
	try {
		const { transport, close } = openTransport({ name: "x", dial: dialer(etcd.first.clientPort), timeoutMs: 60000 });
		const kv = createClient(KV, transport);
		const N = Number(process.env.N ?? 100000);
		let t = Date.now();
		for (let i = 0; i < N; i += 1000) {
			await kv.txn({ success: Array.from({ length: 1000 }, (_, j) => ({ request: { case: "requestPut" as const, value: { key: Buffer.from(`/openebs.io/mayastor/apis/v0/clusters/abc/namespaces/default/VolumeSpec/${i + j}`), value: Buffer.alloc(200, j) } } })) });
		}
		close();
		console.log("fill", Date.now() - t);
		const members = Array.from({ length: 5 }, (_, i) => ({ id: BigInt(i), name: `m${i}`, client: etcd.connect(etcd.first) }));
		t = Date.now(); console.log(await compareHashes(members)); console.log("hashes", Date.now() - t);
		t = Date.now(); const c = await compareKeyspaces(members); console.log("keyspaces", Date.now() - t, c.keys, c.bytes);
		rmSync("/tmp/bench.db", { force: true });
		t = Date.now(); console.log(await saveSnapshot(etcd.client, "/tmp/bench.db")); console.log("save", Date.now() - t);
		globalThis.gc?.(); const m0 = process.memoryUsage();
		t = Date.now(); const s = await readSnapshot("/tmp/bench.db"); console.log("read", Date.now() - t);
		const m1 = process.memoryUsage(); console.log("mem MB", (m1.rss - m0.rss) / 1e6, m1.arrayBuffers/1e6, m1.rss/1e6);
		t = Date.now(); const p = await prove(members, { snapshot: s }); console.log("prove", Date.now() - t, p.equal, p.snapshot);
	} finally { await etcd.stop(); rmSync("/tmp/bench.db", { force: true }); }
}, 600000);
