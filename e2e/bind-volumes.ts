import { findKubectl } from "quorate-lab";
import { expect } from "vitest";
import { run } from "./kubectl.ts";

/** Does what a refusal in JSON says of volumes that are bound to no node: runs the commands of its hint. */
export async function bindAsPrinted(kubeconfig: string, refusal: string): Promise<void> {
	const { message, hint } = JSON.parse(refusal.trim().split("\n").at(-1) ?? "");
	expect(message).toContain("bound to no node");
	const commands = hint.slice(hint.indexOf("kubectl")).replaceAll(/\bkubectl\b/g, (await findKubectl()).path);
	const { code, stderr } = await run("sh", ["-ec", commands], { env: { ...process.env, KUBECONFIG: kubeconfig } });
	expect(code, stderr).toBe(0);
}
