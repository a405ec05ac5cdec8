import type { PersistentVolumeSpec } from "kubernetes-types/core/v1";

/**
 * One smallest safe change. After each, the cluster is observed anew; killed between any two, the next run goes on from what it sees.
 */
export type Step =
	/** save and verify a snapshot, and write down what was found */
	| {
			readonly kind: "take-snapshot";
			/** it is noted that pods are about to go onto the newest template */
			readonly rolling?: "forth";
	  }
	/** a static PersistentVolume for one claim of the new ordinal */
	| { readonly kind: "create-volume"; readonly ordinal: number; readonly volume: NewVolume }
	/** hold the present pods where they are (partition) and give the template the join profile of the new ordinal */
	| {
			readonly kind: "fence";
			readonly ordinal: number;
			readonly partition: number;
			readonly initialCluster: readonly { readonly name: string; readonly peerURLs: readonly string[] }[];
	  }
	| { readonly kind: "add-learner"; readonly ordinal: number; readonly peerURLs: readonly string[] }
	| { readonly kind: "raise-replicas"; readonly replicas: number }
	/** name all members in the template; the partition keeps the controller from restarting pods by itself */
	| {
			readonly kind: "name-members";
			readonly partition: number;
			readonly initialCluster: readonly { readonly name: string; readonly peerURLs: readonly string[] }[];
	  }
	/** put the template back as it was before members were named in it; the pods go back onto it one at a time */
	| { readonly kind: "unname-members"; readonly partition: number }
	/** lower the partition so that the controller makes that pod anew from the newest template */
	| { readonly kind: "roll-pod"; readonly ordinal: number; readonly partition: number }
	/** put the template back as it was found; the partition keeps the controller from restarting pods by itself */
	| { readonly kind: "restore-template"; readonly partition: number }
	/** delete the pod that still runs on the join profile; its controller makes it anew from the original template */
	| { readonly kind: "restart-pod"; readonly ordinal: number; readonly uid: string }
	| { readonly kind: "promote"; readonly ordinal: number; readonly memberId: bigint }
	/** same keyspace on every voter, and nothing of the snapshot lost */
	| { readonly kind: "prove"; readonly voters: number }
	/** hand the leadership from the member that is to leave to one that stays */
	| { readonly kind: "move-leader"; readonly ordinal: number; readonly target: bigint }
	/** write down who leaves, where the member is taken out before its pod */
	| { readonly kind: "note-leaving"; readonly ordinal: number }
	/** before its member leaves: a pod that mounts the claim reads whose data lies there, and so shows that a pod can empty it later */
	| {
			readonly kind: "look-into-volume";
			readonly ordinal: number;
			readonly claim: string;
			readonly node: string;
	  }
	/** a volume on a node's disk that names no node gets the one that its pod runs on */
	| {
			readonly kind: "place-volume";
			readonly ordinal: number;
			readonly volume: string;
			readonly uid: string;
			readonly node: string;
	  }
	/** and write down who leaves, with what is known of its data, where that is not noted yet */
	| { readonly kind: "lower-replicas"; readonly replicas: number }
	/** take the member out; its pod is terminating or gone, so nothing will start it again */
	| {
			readonly kind: "remove-member";
			readonly ordinal: number;
			readonly memberId: bigint;
			/** its pod still runs: lowered in the same moment, before an image that adds itself again is up once more */
			readonly replicas?: number;
	  }
	/** empty a static volume of a member that has left, by a pod that mounts its claim and looks first whose data lies there */
	| {
			readonly kind: "empty-volume";
			readonly ordinal: number;
			readonly claim: string;
			readonly volume: string;
			/** on a node's disk */
			readonly path: string | undefined;
			/** undefined: the volume can be reached from any node */
			readonly node: string | undefined;
	  }
	/** delete a pod of ours that looked into a volume or emptied it */
	| { readonly kind: "remove-cleaner"; readonly pod: string; readonly uid: string }
	/** `emptied`: the volume that goes with it, verified to be empty */
	| {
			readonly kind: "delete-claim";
			readonly ordinal: number;
			readonly claim: string;
			readonly uid: string;
			readonly emptied: { readonly name: string; readonly uid: string } | undefined;
	  }
	| { readonly kind: "delete-volume"; readonly volume: string; readonly uid: string }
	/** put the update strategy back and remove the annotation */
	| { readonly kind: "restore-strategy" };

export type StepKind = Step["kind"];

export interface NewVolume {
	readonly name: string;
	readonly claim: string;
	readonly node: string | undefined;
	readonly spec: PersistentVolumeSpec;
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
}

/** What must come about by itself before the next step. */
export interface Wait {
	readonly kind:
		| "controller"
		| "pod-scheduled"
		| "pod-running"
		| "pod-gone"
		| "pod-stopped"
		| "member-started"
		| "volume-seen"
		| "volume-emptied"
		| "claim-gone"
		| "volume-gone"
		| "caught-up"
		| "voters-healthy"
		| "pods-ready"
		| "etcd-agrees"
		| "api-server";
	readonly ordinal?: number;
	/** what is seen now, for the person who waits */
	readonly reason: string;
	/** what to do should it not end */
	readonly hint: string;
}

/** Milliseconds that a wait of this kind may take before the run stops (resumable). Catching up is as long as the data takes. */
export const WAIT_LIMITS: Readonly<Record<Wait["kind"], number>> = {
	controller: 60_000,
	"pod-scheduled": 180_000,
	"pod-running": 300_000,
	"pod-gone": 180_000,
	"pod-stopped": 180_000,
	"member-started": 180_000,
	"volume-seen": 300_000,
	"volume-emptied": 300_000,
	"claim-gone": 180_000,
	"volume-gone": 180_000,
	"caught-up": 1_800_000,
	"voters-healthy": 180_000,
	"pods-ready": 600_000,
	"etcd-agrees": 60_000,
	"api-server": 120_000,
};

/** Why nothing more can be done safely, as things are. */
export interface Blocked {
	/** stable, for scripts */
	readonly reason: string;
	readonly message: string;
	readonly hint: string;
}

export type Decision =
	| { readonly kind: "step"; readonly step: Step }
	| { readonly kind: "wait"; readonly wait: Wait }
	| { readonly kind: "done" }
	| { readonly kind: "blocked"; readonly blocked: Blocked };
