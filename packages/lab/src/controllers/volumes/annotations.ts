/** On a claim: binding was finished once; from then on a missing volume means lost data. */
export const BIND_COMPLETED = "pv.kubernetes.io/bind-completed";
/** On a claim or a volume: the controller made the link, not the user, and may undo it. */
export const BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
/** On a volume: who made it. */
export const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
/** On a claim: who is to make its volume. */
export const STORAGE_PROVISIONERS = [
	"volume.beta.kubernetes.io/storage-provisioner",
	"volume.kubernetes.io/storage-provisioner",
] as const;
/** On a claim of a WaitForFirstConsumer class: the node that the scheduler has chosen. */
export const SELECTED_NODE = "volume.kubernetes.io/selected-node";
export const NO_PROVISIONER = "kubernetes.io/no-provisioner";
/** The provisioner that the lab brings: a folder on the chosen node's disk. */
export const LAB_PROVISIONER = "quorate.dev/hostpath";
