import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { downLab, labKubeconfig, upLab } from "quorate-lab";
import { run } from "../kubectl.ts";
import { printedKeys } from "./keyspace.ts";
import { podsOf, type SeenPod, uids, untilPods } from "./pods.ts";
import { EDIT, type GuideStep, PODS, POOLS, SCALE, SHELL, VOLUME } from "./steps.ts";
import { Walker } from "./walker.ts";

const IMAGE = "bitnami/etcd:3.5.6-debian-11-r10";
const QUORATE = resolve("packages/quorate/bin/quorate.js");
const MEMBERS = "kubectl exec mayastor-etcd-0 -n mayastor -- etcdctl member list";

const block = (text: string, language = "") => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;
const shown = (command: string, printed: string) => block(`$ ${command}\n${printed}`, "console");
const isWhole = (pods: SeenPod[]) => pods.length === 4 && pods.every(({ ready }) => ready !== undefined);

/** Runs `about` against a lab of its own, as the guide's reader finds his cluster. */
async function inLab(about: (walker: Walker, kubeconfig: string) => Promise<string>): Promise<string> {
	const name = `guide-doc-${process.pid}`;
	await upLab({ name, image: IMAGE }, {});
	const kubeconfig = await labKubeconfig(name);
	const walker = await Walker.begin(kubeconfig);
	try {
		return await about(walker, kubeconfig);
	} finally {
		await walker.end();
		await downLab(name);
	}
}

async function followed(walker: Walker): Promise<string> {
	const step = async (it: GuideStep) => shown(it.command, await walker.follow(it));
	const before = await podsOf(walker);
	const parts = [
		"The pools, before anything is changed:\n",
		await step(POOLS),
		"**Step 1.** One replica more. Its pod waits, for nothing provides its volume:\n",
		await step(SCALE),
	];
	await untilPods(walker, (pods) => pods.length === 4);
	parts.push(await step(PODS));
	const events = "kubectl get events -n mayastor --field-selector involvedObject.name=mayastor-etcd-3";
	parts.push(shown(events, await walker.until(events, (text) => text.includes("FailedScheduling"))));
	parts.push(
		"**Step 2.** The new peer URL and the state `existing`, in an editor. No member restarts yet:\n",
		await step(EDIT),
	);
	parts.push(block(EDIT.output ?? "", "yaml"), await step(PODS));
	parts.push("**Step 3.** The volume, from this file:\n", block(VOLUME.file?.text ?? "", "yaml"), await step(VOLUME));
	const began = Date.now();
	const joined = await untilPods(walker, (pods) => pods[3]?.ready !== undefined);
	parts.push("The new pod adds itself to the cluster, as a voter, before it has any data:\n", await step(PODS));
	parts.push(shown(MEMBERS, await walker.type(MEMBERS)));
	const rolled = await untilPods(
		walker,
		(pods) => isWhole(pods) && !pods.some(({ uid }) => uids(before).includes(uid)),
	);
	const seconds = Math.round((Date.now() - began) / 1000);
	parts.push(
		`And now the edit is carried out: members 2, 1 and 0 are ended and started again, one after the other, while four voters need three. ` +
			`It took ${seconds} s here, where a pod is Ready as soon as its probe passes; the chart's own probe looks for the first time after a minute, so that each takes more than that. ` +
			`${rolled.filter(({ uid }) => !uids(joined).includes(uid)).length} of the 4 pods are new:\n`,
		await step(PODS),
	);
	const keys = printedKeys(await walker.follow(SHELL));
	parts.push(
		"**Step 4.** A shell in the new pod, and a look at every key:\n",
		block(`$ ${SHELL.command}\n${SHELL.typed?.map((line) => `# ${line}`).join("\n")}`, "console"),
		`That printed ${keys.size} keys and their values, besides those of the core agent's lease. The first:\n`,
		block([...keys].slice(0, 2).flat().join("\n")),
		"Whether they are the same as on the other members is for the eye to find out.\n",
	);
	return parts.join("\n");
}

async function inOneCommand(walker: Walker, kubeconfig: string): Promise<string> {
	const before = await podsOf(walker);
	const args = ["scale", "sts/mayastor-etcd", "-n", "mayastor", "--replicas", "4", "--yes"];
	const ran = await run(process.execPath, [QUORATE, ...args], {
		cwd: walker.path("."),
		env: { ...process.env, KUBECONFIG: kubeconfig, NO_COLOR: "1" },
	});
	if (ran.code !== 0) throw new Error(`quorate ${args.join(" ")}: exit code ${ran.code}\n${ran.stderr}`);
	const pods = await untilPods(walker, isWhole);
	const same = pods.filter(({ uid }) => uids(before).includes(uid)).length;
	return [
		shown(
			`quorate ${args.join(" ")}`,
			`${ran.stderr}${ran.stdout}`.replaceAll("\r", "").replaceAll(`${walker.path("")}/`, ""),
		),
		`Of the pods that were there before, ${same} of ${before.length} are the same ones:\n`,
		shown(PODS.command, await walker.follow(PODS)),
		shown(MEMBERS, await walker.type(MEMBERS)),
	].join("\n");
}

const text = `<!-- made by: npm run docs:guide -->
# The guide's walk, and the same in one command

Everything below ran in the lab, on \`${IMAGE}\`, and is shown as it was printed.

${block(`quorate lab up --image ${IMAGE}\nexport KUBECONFIG=$(quorate lab kubeconfig)`, "sh")}
## As the guide has it

${await inLab(followed)}
## In one command

In a fresh lab:

${await inLab(inOneCommand)}`;
await writeFile("docs/guide.md", `${text.trimEnd()}\n`);
