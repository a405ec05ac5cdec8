import { kubectl, quorate } from "../cluster/commands.ts";
import { NAMESPACE, STATEFULSET, withLab } from "../cluster/lab.ts";
import type { Figure } from "../figure.ts";
import { runProcess } from "../measure/process.ts";
import { repeat } from "../measure/repeat.ts";
import type { Row } from "../measure/row.ts";

const BARE = "node -e 0";
const GET = "kubectl get sts";
const PLAN = ["plan", `sts/${STATEFULSET}`, "-n", NAMESPACE, "--replicas", "5"];

/** From the start of a process to its end: what one waits for at the prompt. */
export const coldStart: Figure = {
	id: "P5",
	title: "commands from a cold start",
	measure: (bench) =>
		withLab({}, bench.signal, async ({ kubeconfig }) => {
			const runs = bench.runs * 4;
			const found = await repeat(
				bench,
				{
					bare: async () => (await runProcess(process.execPath, ["-e", "0"])).ms,
					help: async () => (await quorate(undefined, ["--help"])).ms,
					get: async () => (await kubectl(kubeconfig, ["get", "sts", "-n", NAMESPACE])).ms,
					status: async () => (await quorate(kubeconfig, ["status", "-n", NAMESPACE])).ms,
					plan: async () => (await quorate(kubeconfig, PLAN)).ms,
				},
				{ runs, warmUps: 2 },
			);
			const { bare, help, get, status, plan } = found;
			const beside = (name: string, ours: Row["ours"]): Row => ({
				name,
				unit: "ms",
				ours,
				peer: get,
				against: GET,
				goal: { ratioAtMost: 1.5 },
			});
			return {
				rows: [
					{ name: "quorate --help", unit: "ms", ours: help, peer: bare, against: BARE, goal: { ratioAtMost: 3 } },
					beside("quorate status", status),
					beside("quorate plan", plan),
				],
			};
		}),
};
