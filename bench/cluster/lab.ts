import type { Duplex } from "node:stream";
import { dialLab, downLab, type LabMemory, labKubeconfig, statusLab, type UpOptions, upLab } from "quorate-lab";

export const NAMESPACE = "mayastor";
export const STATEFULSET = "mayastor-etcd";

/** A lab that a figure does with as it likes. */
export interface BenchLab {
	readonly name: string;
	readonly kubeconfig: string;
	/** as the cluster's clients connect: through the client Service */
	dial(): Promise<Duplex>;
	/** to one member */
	dialMember(ordinal: number): Promise<Duplex>;
	memory(): Promise<LabMemory>;
}

let number = 0;

export const nextLabName = (): string => `bench-${process.pid}-${++number}`;

/** Brings a lab up, and down again whatever happens. */
export async function withLab<T>(
	options: Omit<UpOptions, "name">,
	signal: AbortSignal,
	use: (lab: BenchLab) => Promise<T>,
): Promise<T> {
	const name = nextLabName();
	await upLab({ name, ...options }, { signal });
	try {
		return await use(await openLab(name));
	} finally {
		await downLab(name);
	}
}

export async function openLab(name: string): Promise<BenchLab> {
	const host = `${NAMESPACE}.svc.cluster.local`;
	return {
		name,
		kubeconfig: await labKubeconfig(name),
		dial: () => dialLab(name, `${STATEFULSET}.${host}`, 2379),
		dialMember: (ordinal) => dialLab(name, `${STATEFULSET}-${ordinal}.${STATEFULSET}-headless.${host}`, 2379),
		memory: async () => (await statusLab(name)).memory ?? { lab: 0, etcd: 0 },
	};
}
