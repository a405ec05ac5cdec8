import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REAL_KUBECONFIG, REAL_VERSIONS } from "../cluster-under-test.ts";
import { kubectl } from "../kubectl.ts";
import { type CaseCluster, type CaseLab, caseReal } from "./case-cluster.ts";

const MINUTE = 60_000;
const NAME = `quota-and-security-${process.pid}`;
const USER = 1001;

/** What Pod Security `restricted` asks for. */
const OF_POD = { runAsNonRoot: true, runAsUser: USER, runAsGroup: USER, seccompProfile: { type: "RuntimeDefault" } };
const OF_CONTAINER = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

// admission plugins, which the lab does not have
describe.skipIf(REAL_KUBECONFIG === undefined)(
	"ResourceQuota and Pod Security `restricted`, on a real Kubernetes",
	() => {
		let folder: string;
		let lab: CaseLab;
		let etcd: CaseCluster;
		const cluster = (args: readonly string[], input?: string) => kubectl(REAL_KUBECONFIG ?? "", args, input);

		beforeAll(async () => {
			folder = await mkdtemp(join(tmpdir(), "quorate-case-"));
			lab = await caseReal(folder);
			await makeFolders(lab);
			await cluster(["create", "namespace", NAME]);
			await cluster(["label", "namespace", NAME, "pod-security.kubernetes.io/enforce=restricted"]);
			await quota(5);
			etcd = await lab.startAs(NAME, "wrong-node", restricted);
			await etcd.etcdctl("put", "/key", "value");
		}, 4 * MINUTE);
		afterAll(async () => {
			await lab?.destroy();
			await cluster(["delete", "namespace", `${NAME}-folders`, "--ignore-not-found", "--wait=false"]);
			await rm(folder, { recursive: true, force: true });
		});

		/** A kubelet makes folders that only root writes to. */
		async function makeFolders({ disk }: CaseLab): Promise<void> {
			const namespace = `${NAME}-folders`;
			await cluster(["create", "namespace", namespace]);
			const nodes = (await cluster(["get", "nodes", "-o", "jsonpath={.items[*].metadata.name}"])).split(" ");
			const items = nodes.map((nodeName) => ({
				apiVersion: "v1",
				kind: "Pod",
				metadata: { name: `folder-${nodeName}`, namespace },
				spec: {
					nodeName,
					restartPolicy: "Never",
					containers: [
						{
							name: "chown",
							image: `etcd:${REAL_VERSIONS[0]}`,
							command: ["sh", "-c", `mkdir -p /disk/etcd && chown ${USER}:${USER} /disk/etcd`],
							volumeMounts: [{ name: "disk", mountPath: "/disk" }],
						},
					],
					volumes: [{ name: "disk", hostPath: { path: disk, type: "DirectoryOrCreate" } }],
				},
			}));
			await cluster(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
			const ended = "--for=jsonpath={.status.phase}=Succeeded";
			await cluster(["wait", "pod", "-n", namespace, "--all", ended, "--timeout=60s"]);
		}

		/** @param pods that there may be at a time, each with its resources said */
		async function quota(pods: number): Promise<void> {
			const hard = { pods, "requests.cpu": "2", "limits.memory": "4Gi" };
			const object = {
				apiVersion: "v1",
				kind: "ResourceQuota",
				metadata: { name: "quota", namespace: NAME },
				spec: { hard },
			};
			await cluster(["apply", "-f", "-"], JSON.stringify(object));
		}

		const restricted = (manifest: string) =>
			manifest
				.replaceAll(/name: etcd-([abc])}/g, `name: ${NAME}-$1}`)
				.replace(/^( +)affinity:$/m, `$1securityContext: ${JSON.stringify(OF_POD)}\n$&`)
				.replace(/^( +)image: .*$/m, `$&\n$1securityContext: ${JSON.stringify(OF_CONTAINER)}`);

		const scale = (...args: string[]) => etcd.quorate("scale", "--yes", "--snapshot", "none", ...args);

		it(
			"where the quota has no room for the pod that looks into the volume, nobody leaves",
			async () => {
				await quota(3);
				const before = await etcd.etcdctl("member", "list");
				const refused = await scale("--replicas", "2");
				expect(refused.code, refused.stdout + refused.stderr).not.toBe(0);
				expect(refused.stderr).toMatch(/exceeded quota: quota/);
				expect(await etcd.etcdctl("member", "list")).toBe(before);
				expect(await etcd.kube("get", "sts", "etcd", "-o", "jsonpath={.spec.replicas}")).toBe("3");
				expect(await etcd.kube("get", "pods", "-o", "name")).not.toContain("quorate");
			},
			2 * MINUTE,
		);

		it(
			"the pods that look into a volume and empty it are admitted as those of etcd are, and do their work",
			async () => {
				await quota(5);
				const shrunk = await scale("--replicas", "2", "-o", "json");
				expect(shrunk.code, shrunk.stderr).toBe(0);
				const kinds = JSON.parse(shrunk.stdout).steps.map(({ kind }: { kind: string }) => kind);
				expect(kinds).toEqual(expect.arrayContaining(["look-into-volume", "empty-volume", "delete-volume"]));
				expect(await etcd.kube("get", "pods,pvc", "-o", "name")).not.toMatch(/etcd-2|quorate/);
				expect(await etcd.etcdctl("get", "/key", "--print-value-only")).toBe("value\n");
			},
			3 * MINUTE,
		);
	},
);
