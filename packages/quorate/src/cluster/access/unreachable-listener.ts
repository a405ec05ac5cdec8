import type { Container } from "kubernetes-types/core/v1";
import { QuorateError } from "../../errors.ts";
import type { EtcdError } from "../../etcd/member-client.ts";
import { word as shellWord } from "../../shell-word.ts";
import type { StatefulSetView } from "../cluster-view.ts";
import { readEtcdCommand } from "../start/etcd-command.ts";
import { Settings, variableOf } from "../start/settings.ts";
import { etcdContainerOf } from "../start/template-value.ts";
import { rootCode } from "./refused-access.ts";

const LISTEN = "listen-client-urls";

/**
 * A port-forward connects to localhost in the pod; etcd that listens on the pod's address only refuses it there. Undefined: the member does not
 * answer for another reason.
 *
 * @param ready whether Kubernetes takes the pod for one that serves
 */
export function unreachableListener(error: EtcdError, set: StatefulSetView, ready: boolean): QuorateError | undefined {
	const { listensOn } = set.etcd;
	const container = etcdContainerOf(set);
	const known = listensOn === "pod" || (listensOn === "unknown" && ready);
	if (!known || !container || !isRefusedInPod(error)) return undefined;
	const settings = new Settings(container, set.objects);
	const quote = settings.quote(LISTEN) ?? `--${LISTEN}`;
	return new QuorateError("MemberUnreachable", {
		operation: `connecting to the etcd of ${error.member}`,
		message: `the etcd of ${error.member} ${listensOn === "pod" ? "listens" : "seems to listen"} on its pod's address only (${quote}); a port-forward, kubectl's as well, connects to localhost in the pod, where nothing listens on port ${set.etcd.clientPort}`,
		state: "nothing was changed by this request",
		hint: `let it listen on localhost as well, which restarts the pods one at a time: ${listenCommand(set, container, settings)}; or run quorate in a pod of this cluster, where it connects to the pods' addresses`,
		cause: error,
	});
}

/** By the kubelet that forwards; an API server that refuses is another matter. */
function isRefusedInPod(error: EtcdError): boolean {
	for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
		if (cause instanceof QuorateError && cause.code === "MemberUnreachable") return rootCode(cause) === "ECONNREFUSED";
	return false;
}

/** Complete, where one value of the template is to be changed; otherwise says which. */
function listenCommand(set: StatefulSetView, container: Container, settings: Settings): string {
	const { namespace, name, etcd } = set;
	const source = settings.source(LISTEN);
	const local = `${etcd.clientScheme}://127.0.0.1:${etcd.clientPort}`;
	if (!source) return `add ${local} to --${LISTEN}`;
	const value = `${source},${local}`;
	const [place, ...more] = readEtcdCommand(container).flags.findLast((flag) => flag.name === LISTEN)?.places ?? [];
	const index = (set.template.spec?.containers ?? []).findIndex((one) => one.name === container.name);
	const patch = (path: string, text: string) =>
		`kubectl patch sts ${name} -n ${namespace} --type=json -p ${shellWord(JSON.stringify([{ op: "replace", path: `/spec/template/spec/containers/${index}/${path}`, value: text }]))}`;
	if (!place) {
		const at = (container.env ?? []).findLastIndex((one) => one.name === variableOf(LISTEN));
		return at < 0 ? `add ${local} to ${variableOf(LISTEN)}` : patch(`env/${at}/value`, value);
	}
	if (place.stretch) return `add ${local} to --${LISTEN}`;
	const at = more[0] ?? place;
	return patch(`${at.list}/${at.index}`, more[0] ? value : `--${LISTEN}=${value}`);
}
