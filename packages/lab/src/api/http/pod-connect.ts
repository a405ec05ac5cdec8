import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { PodRuntime } from "../api.ts";
import { badRequest, noSuchPath } from "../machinery/errors.ts";
import type { Resources } from "../machinery/resources.ts";
import { serveExec } from "../streams/exec.ts";
import { servePortForward } from "../streams/port-forward.ts";
import { containerOf, podOf } from "./pod-container.ts";
import { isTrue, type RequestInfo } from "./request-info.ts";

export interface Upgrade {
	request: IncomingMessage;
	socket: Duplex;
	head: Buffer;
}

/** exec, attach and port-forward: looks the pod up and hands the connection over. @throws {ApiError} while there is still HTTP to answer in */
export function connectPod(
	upgrade: Upgrade,
	info: RequestInfo,
	{ resources, runtime }: { resources: Resources; runtime: PodRuntime },
): void {
	const target = info.resource;
	const isPod = target?.group === "" && target.version === "v1" && target.plural === "pods" && target.rest.length === 0;
	if (!target || !isPod || target.name === undefined) throw noSuchPath();
	const pod = podOf(resources, target.namespace, target.name);
	const { query } = info;
	if (target.subresource === "portforward") {
		mustRun(pod.spec?.nodeName, target.name);
		servePortForward(upgrade, (port) => runtime.dial(pod, port));
		return;
	}
	if (target.subresource !== "exec" && target.subresource !== "attach") throw noSuchPath();
	const container = containerOf(pod, query.get("container"));
	mustRun(pod.spec?.nodeName, target.name);
	const streams = {
		stdin: isTrue(query.get("stdin")),
		stdout: isTrue(query.get("stdout")),
		stderr: isTrue(query.get("stderr")),
		tty: isTrue(query.get("tty")),
	};
	if (!streams.stdin && !streams.stdout && !streams.stderr) {
		throw badRequest("you must specify at least 1 of stdin, stdout, stderr");
	}
	const { stdin, tty } = streams;
	if (target.subresource === "attach") {
		serveExec(upgrade, () => runtime.attach(pod, container, { stdin, tty }), streams);
		return;
	}
	const command = query.getAll("command");
	if (command.length === 0 || command[0] === "")
		throw badRequest("you must specify at least one command for the container");
	serveExec(upgrade, () => runtime.exec(pod, container, { command, stdin, tty }), streams);
}

function mustRun(node: string | undefined, name: string): void {
	if (!node) throw badRequest(`pod ${name} does not have a host assigned`);
}
