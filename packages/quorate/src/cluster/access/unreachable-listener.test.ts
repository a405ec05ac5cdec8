import type { StatefulSet } from "kubernetes-types/apps/v1";
import type { Container } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { QuorateError } from "../../errors.ts";
import { EtcdError } from "../../etcd/member-client.ts";
import { statefulSetView } from "../observe.ts";
import { unreachableListener } from "./unreachable-listener.ts";

const refused = Object.assign(new Error("connect: connection refused"), { code: "ECONNREFUSED" });
const ofKubelet = new QuorateError("MemberUnreachable", { operation: "o", message: "m", cause: refused });
const ofServer = new QuorateError("Unreachable", { operation: "o", message: "m", cause: refused });
const failed = (cause: Error) => new EtcdError("Unavailable", "Status", "etcd-0", "cannot connect", cause);

function view(container: Partial<Container>) {
	const env = [
		{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
		...(container.env ?? []),
		{ name: "ETCD_NAME", value: "x" },
	];
	const set: StatefulSet = {
		metadata: { name: "etcd", namespace: "m" },
		spec: {
			...{ serviceName: "etcd", selector: {} },
			template: { spec: { containers: [{ name: "side" }, { name: "etcd", ...container, env }] } },
		},
	};
	return statefulSetView(set);
}

const URL = "--listen-client-urls=https://$(POD_IP):2379";

describe("etcd that listens on its pod's address only", () => {
	it("is named, with the command that changes it", () => {
		const error = unreachableListener(failed(ofKubelet), view({ command: ["etcd"], args: ["--name=x", URL] }), false);
		expect(error).toMatchObject({
			code: "MemberUnreachable",
			exitCode: 1,
			message: expect.stringMatching(
				/listens on its pod's address only \(`--listen-client-urls=https:\/\/\$\(POD_IP\):2379`\)/,
			),
			hint: expect.stringContaining(
				`kubectl patch sts etcd -n m --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/1/args/1","value":"${URL},https://127.0.0.1:2379"}]'`,
			),
		});
	});

	it.each<[Partial<Container>, string]>([
		[
			{ command: ["etcd", "--listen-client-urls", "http://$(POD_IP):1"] },
			'/command/2","value":"http://$(POD_IP):1,http:',
		],
		[
			{ image: "etcd:3.5.9", env: [{ name: "ETCD_LISTEN_CLIENT_URLS", value: "http://$(POD_IP):1" }] },
			'/env/1/value","value":"http://$(POD',
		],
		[
			{ command: ["sh", "-c", "exec etcd --listen-client-urls=http://$POD_IP:1"] },
			"add http://127.0.0.1:1 to --listen-client-urls",
		],
	])("%j: %s", (container, hint) => {
		const error = unreachableListener(failed(ofKubelet), view(container), true);
		expect(error).toMatchObject({ hint: expect.stringContaining(hint) });
	});

	it("may be that where it cannot be known, and Kubernetes finds the pod ready", () => {
		const set = view({ command: ["sh", "-c", "exec etcd --listen-client-urls=http://$(hostname -i):2379"] });
		expect(unreachableListener(failed(ofKubelet), set, false)).toBeUndefined();
		expect(unreachableListener(failed(ofKubelet), set, true)).toMatchObject({
			message: expect.stringContaining("seems to listen on its pod's address only"),
		});
	});

	it("is not what else goes wrong", () => {
		const set = view({ command: ["etcd"], args: [URL] });
		expect(unreachableListener(failed(ofServer), set, true)).toBeUndefined();
		expect(unreachableListener(failed(new Error("x")), set, true)).toBeUndefined();
		const open = view({ command: ["etcd"], args: ["--listen-client-urls=https://0.0.0.0:2379"] });
		expect(unreachableListener(failed(ofKubelet), open, true)).toBeUndefined();
		const both = view({ command: ["etcd"], args: [`${URL},https://127.0.0.1:2379`] });
		expect(unreachableListener(failed(ofKubelet), both, true)).toBeUndefined();
	});
});
