import { spawn } from "node:child_process";
import { findKubectl } from "quorate-lab";
import { type BenchLab, NAMESPACE, STATEFULSET } from "./lab.ts";

/** `kubectl port-forward` to one member while `use` runs; it is told the endpoint on this machine. */
export async function withPortForward<T>(lab: BenchLab, use: (endpoint: string) => Promise<T>): Promise<T> {
	const { path } = await findKubectl();
	const args = ["port-forward", `pod/${STATEFULSET}-0`, "-n", NAMESPACE, ":2379"];
	const child = spawn(path, args, {
		env: { ...process.env, KUBECONFIG: lab.kubeconfig },
		stdio: ["ignore", "pipe", "inherit"],
	});
	try {
		const port = await new Promise<string>((resolve, reject) => {
			let said = "";
			child.once("error", reject);
			child.once("close", (code) => reject(new Error(`kubectl port-forward ended with exit code ${code}`)));
			child.stdout.setEncoding("utf8").on("data", (text: string) => {
				said += text;
				const found = /^Forwarding from 127\.0\.0\.1:(\d+)/m.exec(said)?.[1];
				if (found) resolve(found);
			});
		});
		return await use(`127.0.0.1:${port}`);
	} finally {
		child.kill();
	}
}
