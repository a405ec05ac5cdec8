import { type CommandContext, humanOutput, print, styleOf } from "../command-context.ts";
import { catchInterrupt } from "../interrupt.ts";
import { etcdVersionsDocument, labDocument, labListDocument } from "../json/lab.ts";
import { withLab } from "../lab/lab-door.ts";
import { createTicker } from "../progress/ticker.ts";
import { etcdVersionsText, labListText, labStatusText } from "../render/lab-text.ts";
import { labProgress } from "./lab-up.ts";

export async function labDown(context: CommandContext, { name }: { name?: string }): Promise<void> {
	const output = humanOutput(context);
	const style = styleOf(context, output);
	const ticker = createTicker(output, style);
	const interrupt = catchInterrupt(() => ticker.line("stopping"));
	const { tell, end } = labProgress(ticker, style);
	try {
		await withLab("taking a lab down", (lab) => lab.downLab(name, { signal: interrupt.signal, onProgress: tell }));
		end();
		output.write(`${style.green(style.symbols.pass)} Lab "${name ?? "lab"}" is down; nothing of it is left\n`);
	} finally {
		ticker.close();
		interrupt.release();
	}
}

export async function labStatus(context: CommandContext, { name }: { name?: string }): Promise<void> {
	const status = await withLab("looking at a lab", (lab) => lab.statusLab(name));
	await print(
		context,
		(style) => labStatusText(status, style),
		() => labDocument(status),
	);
}

/** Prints the file's name, for KUBECONFIG=$(…); with --raw what is in it. */
export async function labKubeconfig(context: CommandContext, flags: { name?: string; raw?: boolean }): Promise<void> {
	const text = await withLab("looking for a lab's kubeconfig", async (lab) => {
		const content = await lab.labKubeconfig(flags.name);
		return flags.raw ? content : `${(await lab.statusLab(flags.name)).kubeconfig}\n`;
	});
	context.terminal.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

export async function labList(context: CommandContext): Promise<void> {
	const labs = await withLab("looking for labs", (lab) => lab.listLabs());
	await print(
		context,
		(style) => labListText(labs, context.name, style),
		() => labListDocument(labs),
	);
}

export async function labVersions(context: CommandContext, { etcd }: { etcd?: string }): Promise<void> {
	const found = await withLab("looking for etcd", (lab) => lab.listEtcd(etcd === undefined ? {} : { etcd }));
	await print(
		context,
		(style) => etcdVersionsText(found, style, context.globals.output === "wide"),
		() => etcdVersionsDocument(found),
	);
}
