import type { PersistentVolume } from "kubernetes-types/core/v1";
import { PERSISTENTVOLUMES } from "../../cluster/resources.ts";
import { QuorateError } from "../../errors.ts";
import type { NewVolume } from "../step.ts";
import { LookAgain, type PerformContext } from "./context.ts";

export async function createVolume({ cluster }: PerformContext, volume: NewVolume) {
	const { name, labels, annotations, spec } = volume;
	try {
		await cluster.client.create<PersistentVolume>(PERSISTENTVOLUMES, {
			apiVersion: "v1",
			kind: "PersistentVolume",
			metadata: { name, labels, annotations },
			spec,
		});
	} catch (error) {
		if (error instanceof QuorateError && error.code === "Conflict")
			throw new LookAgain(`volume ${name} is there already`, `kubectl describe pv ${name}`, { cause: error });
		throw error;
	}
}
