import type { Api } from "../api/api.ts";
import { type Controller, type OnControllerError, runController } from "./controller.ts";
import { deploymentController } from "./deployment/controller.ts";
import { disruptionController } from "./disruption/controller.ts";
import { endpointsController } from "./endpoints/controller.ts";
import { garbageCollector } from "./garbage-collector/garbage-collector.ts";
import { jobController } from "./job/controller.ts";
import { namespaceDeletion } from "./namespaces/namespace-deletion.ts";
import { nodeLifecycle } from "./nodes/lifecycle.ts";
import { podGarbageCollector } from "./nodes/pod-gc.ts";
import { taintEviction } from "./nodes/taint-eviction.ts";
import { replicaSetController } from "./replicaset/controller.ts";
import { scheduler } from "./scheduler/scheduler.ts";
import { defaultServiceAccounts } from "./service-accounts/service-accounts.ts";
import { statefulSetController } from "./statefulset/controller.ts";
import { volumeBinder } from "./volumes/binder.ts";
import type { VolumeOptions } from "./volumes/context.ts";
import { claimProtection, volumeProtection } from "./volumes/protection.ts";

export interface ControllerOptions extends VolumeOptions {
	/** How long a kubelet may be silent before its node is taken for lost, in ms. @default 16000 */
	nodeMonitorGracePeriodMs?: number;
	/** How long a node must have been gone before its pods are removed, in ms. @default 40000 */
	nodeQuarantineMs?: number;
	/** PEM of the API server's authority, for ConfigMap `kube-root-ca.crt` in each namespace. @default none */
	rootCa?: string;
	/** Told of every failed round of a control loop; it is tried again in any case. @default nobody is told */
	onError?: OnControllerError;
}

/**
 * Starts all control loops of the cluster: they follow the API's watches until `stop` is called.
 * The binder comes before the scheduler, so that a claim with a volume is bound by the time its pod is looked at.
 */
export function startControllers(api: Api, options: ControllerOptions = {}): { stop(): void } {
	const controllers: Controller[] = [
		defaultServiceAccounts(api, options),
		nodeLifecycle(api, options),
		taintEviction(api),
		podGarbageCollector(api, options),
		statefulSetController(api),
		deploymentController(api),
		replicaSetController(api),
		jobController(api),
		volumeBinder(api, options),
		claimProtection(api),
		volumeProtection(api),
		scheduler(api),
		endpointsController(api),
		disruptionController(api),
		garbageCollector(api),
		namespaceDeletion(api),
	];
	const stops = controllers.map((controller) => runController(api, controller, options.onError));
	return {
		stop() {
			for (const stop of stops) stop();
		},
	};
}
