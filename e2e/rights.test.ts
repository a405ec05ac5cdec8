import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClusterUnderTest, onLab, onReal, REAL_KUBECONFIG } from "./cluster-under-test.ts";
import { killOn, kubectl } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";

const targets: [string, () => Promise<ClusterUnderTest>][] = [["the lab", () => onLab({ volumes: 20 })]];
if (REAL_KUBECONFIG) targets.push(["a real Kubernetes", () => onReal({ image: "etcd:3.6.16" })]);

interface Rule {
	apiGroups: string[];
	resources: string[];
	resourceNames?: string[];
	verbs: string[];
}

interface Manifest {
	items: { kind: string; metadata: { name: string }; rules?: Rule[] }[];
}

/** Each verb that a manifest allows: `update statefulsets.apps`. */
const allowed = ({ items }: Manifest): string[] =>
	items
		.flatMap(({ rules }) => rules ?? [])
		.flatMap(({ apiGroups: [group], resources: [resource], verbs }) =>
			verbs.map((verb) => `${verb} ${resource}${group ? `.${group}` : ""}`),
		)
		.sort();

/** The verb that a request line of `-v 6` needed, as the API server's authorizer sees it. */
function verbOf(line: string): string | undefined {
	const [, method = "", path = ""] = / (GET|POST|PUT|PATCH|DELETE) (\S+) /.exec(line) ?? [];
	const [root, ...rest] = (path.split("?")[0] ?? "").split("/").slice(1);
	const group = root === "apis" ? rest[0] : undefined;
	const [kind, name, subresource] = rest
		.slice(root === "apis" ? 2 : 1)
		.join("/")
		.replace(/^namespaces\/[^/]+\//, "")
		.split("/");
	// every user may ask for its own rights
	if (!kind || group === "authorization.k8s.io") return undefined;
	const verb = { GET: name ? "get" : "list", POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" }[method];
	return `${verb} ${kind}${subresource ? `/${subresource}` : ""}${group ? `.${group}` : ""}`;
}

/**
 * Allowed though no run here needs them: other API servers ask for `create` on WebSockets too, a lease is renewed on long runs only, and the
 * volumes that Quorate itself made name their nodes.
 */
const FOR_OTHERS = ["create pods/portforward", "update leases.coordination.k8s.io", "patch persistentvolumes"];

describe.each(targets)("with the rights that quorate rbac prints, on %s", (_name, make) => {
	let cluster: ClusterUnderTest;
	let folder: string;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-rights-"));
		cluster = await make();
	});
	afterAll(async () => {
		await cluster?.destroy();
		await rm(folder, { recursive: true, force: true });
	});

	const kube = (args: string[], input?: string) => kubectl(cluster.kubeconfig, args, input);

	/** A kubeconfig of a service account with exactly these. */
	async function account(purpose: "look" | "scale"): Promise<{ kubeconfig: string; manifest: Manifest }> {
		const name = `quorate-${purpose}`;
		const args = ["rbac", purpose, "-n", cluster.namespace, "--service-account", name];
		const { stdout } = await quorate(cluster.kubeconfig, args);
		await kube(["apply", "-f", "-"], stdout);
		const token = (await kube(["create", "token", name, "-n", cluster.namespace])).trim();
		const { clusters } = JSON.parse(await kube(["config", "view", "--raw", "--minify", "-o", "json"]));
		const file = join(folder, name);
		const config = {
			apiVersion: "v1",
			kind: "Config",
			clusters: [{ name: "c", cluster: clusters[0].cluster }],
			users: [{ name: "u", user: { token } }],
			contexts: [{ name: "x", context: { cluster: "c", user: "u", namespace: cluster.namespace } }],
			"current-context": "x",
		};
		await writeFile(file, JSON.stringify(config), { mode: 0o600 });
		const { stdout: json } = await quorate(cluster.kubeconfig, [...args, "-o", "json"]);
		return { kubeconfig: file, manifest: JSON.parse(json) };
	}

	it("looks, and may change nothing", async () => {
		const { kubeconfig, manifest } = await account("look");
		const used = new Set<string>();
		for (const args of [["status"], ["validate"], ["snapshot", "save", "a.db"]]) {
			const ran = await quorate(kubeconfig, [...args, "-v", "6"], { cwd: folder });
			expect(ran.code, ran.stderr).toBe(0);
			for (const line of ran.stderr.split("\n")) used.add(verbOf(line) ?? "");
		}
		used.delete("");
		expect([...used, ...FOR_OTHERS.slice(0, 1)].sort()).toEqual(allowed(manifest));
		// which may not read namespaces, so nothing is said of this one
		const none = await quorate(kubeconfig, ["status", "sts/none"], { cwd: folder });
		expect(none.code).toBe(2);
		expect(none.stderr).toContain(`statefulsets.apps "none" not found in namespace ${cluster.namespace}`);
		expect(none.stderr).not.toContain(`namespace "${cluster.namespace}" not found`);
		const refused = await quorate(kubeconfig, ["scale", "--replicas", "4", "--yes"], { cwd: folder });
		expect(refused.code).toBe(3);
		expect(refused.stderr).toContain("update statefulsets.apps");
	});

	it("grows, shrinks and takes back, and needs all of it", async () => {
		const { kubeconfig, manifest } = await account("scale");
		const used = new Set<string>();
		const run = async (args: string[], killedOn?: RegExp) => {
			const ran = await quorate(kubeconfig, [...args, "--yes", "-v", "6"], {
				cwd: folder,
				...(killedOn ? { ...killOn(killedOn), env: { LC_ALL: "C.UTF-8" } } : {}),
			});
			for (const line of ran.stderr.split("\n")) used.add(verbOf(line) ?? "");
			return ran;
		};
		for (const replicas of ["5", "3"]) {
			const ran = await run(["scale", "--replicas", replicas]);
			expect(ran.code, ran.stderr).toBe(0);
		}
		const killed = await run(["scale", "--replicas", "5"], /^√ *8\//m);
		expect(killed.signal, killed.stderr).toBe("SIGKILL");
		const back = await run(["abort"]);
		expect(back.code, back.stderr).toBe(0);
		used.delete("");
		expect([...new Set([...used, ...FOR_OTHERS])].sort()).toEqual(allowed(manifest));
	});

	it("says which right is missing before anything is touched, whichever it is", async () => {
		const { kubeconfig, manifest } = await account("scale");
		const before = await kube(["get", "sts,pods,pvc,leases", "-n", cluster.namespace, "-o", "name"]);
		for (const { kind, metadata, rules = [] } of manifest.items) {
			for (const [index, rule] of rules.entries()) {
				for (const verb of rule.verbs) {
					const fewer = rules.map((other, at) =>
						at === index ? { ...rule, verbs: rule.verbs.filter((v) => v !== verb) } : other,
					);
					const wide = kind === "ClusterRole" ? [] : ["-n", cluster.namespace];
					const set = (wanted: Rule[]) =>
						kube([
							"patch",
							kind,
							metadata.name,
							...wide,
							"--type=merge",
							"-p",
							JSON.stringify({ rules: wanted.filter(({ verbs }) => verbs.length > 0) }),
						]);
					await set(fewer);
					const ran = await quorate(kubeconfig, ["scale", "--replicas", "4", "--yes"], { cwd: folder });
					const missing = `${verb} ${rule.resources[0]}`;
					expect
						.soft([missing, ran.code === 0, ran.stderr])
						.toEqual([missing, false, expect.stringContaining(`${rule.resources[0]}`)]);
					expect.soft(ran.stderr).toContain(verb);
					await set(rules);
				}
			}
		}
		expect(await kube(["get", "sts,pods,pvc,leases", "-n", cluster.namespace, "-o", "name"])).toEqual(before);
	});
});
