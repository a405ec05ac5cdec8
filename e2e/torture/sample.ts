/** The cluster at one moment, seen past the tool. */
export interface Sample {
	/** milliseconds, of the history's clock */
	readonly at: number;
	readonly replicas: number;
	readonly pods: readonly PodSample[];
	/** undefined: nobody answered */
	readonly members: readonly MemberSample[] | undefined;
	/** names of pods whose etcd answers, knows a leader and votes */
	readonly healthy: readonly string[];
	/** of those that did not answer in time, which on a busy machine says nothing */
	readonly silent: readonly string[];
}

export interface PodSample {
	readonly name: string;
	readonly uid: string;
	readonly restarts: number;
	readonly ready: boolean;
	readonly terminating: boolean;
}

export interface MemberSample {
	readonly id: string;
	/** "" while it has never started */
	readonly name: string;
	readonly isLearner: boolean;
}
