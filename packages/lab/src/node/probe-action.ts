import { connect } from "node:net";
import type { Probe } from "kubernetes-types/core/v1";
import { timeLimit } from "../time-limit.ts";
import { dialMessage } from "./dial-message.ts";
import { grpcHealth } from "./grpc-health.ts";
import { httpGet } from "./http-get.ts";
import { httpTarget, type ProbeTarget, resolvePort } from "./probe-target.ts";

/** One try of a probe: undefined when it passed, else what the kubelet says of it. */
export async function tryProbe(probe: Probe, target: ProbeTarget): Promise<string | undefined> {
	const timeout = (probe.timeoutSeconds ?? 1) * 1000;
	try {
		if (probe.exec) return await execProbe(probe.exec.command ?? [], target, timeout);
		if (probe.httpGet) {
			const { status } = await httpGet(httpTarget(probe.httpGet, target), timeout);
			return status >= 200 && status < 400 ? undefined : `HTTP probe failed with statuscode: ${status}`;
		}
		if (probe.tcpSocket) {
			const port = resolvePort(probe.tcpSocket.port, target.container);
			await tcpConnect(probe.tcpSocket.host || target.address, port, timeout);
		}
		if (probe.grpc) await grpcHealth(target.address, probe.grpc.port, probe.grpc.service ?? "", timeout);
		return undefined;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

async function execProbe(command: string[], target: ProbeTarget, timeout: number): Promise<string | undefined> {
	const signal = timeLimit(timeout);
	const { code, output } = await target.exec(command, signal);
	if (signal.aborted)
		return `command timed out: ${JSON.stringify(command.join(" "))} timed out after ${timeout / 1000}s`;
	return code === 0 ? undefined : output;
}

function tcpConnect(host: string, port: number, timeout: number): Promise<void> {
	return new Promise((resolve, reject) => {
		const socket = connect({ host, port });
		socket.setTimeout(timeout, () => socket.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })));
		socket.on("connect", () => {
			socket.destroy();
			resolve();
		});
		socket.on("error", (error) => reject(new Error(dialMessage(error, `${host}:${port}`))));
	});
}
