/**
 * The lab: an embedded Kubernetes whose pods are real etcd processes. `upLab` starts one as a daemon of its own;
 * everything else finds it by its name.
 */

export type { EtcdBinaries, EtcdSource } from "./binaries/etcd-folder.ts";
export { type FindEtcdOptions, findEtcd } from "./binaries/find-etcd.ts";
export { findKubectl } from "./binaries/find-kubectl.ts";
export type { FindProgramOptions, FoundProgram } from "./binaries/find-program.ts";
export { type EtcdListing, type FetchableEtcd, listEtcd } from "./binaries/list-etcd.ts";
export { type LabFaults, labFaults } from "./daemon/lab-faults.ts";
export type { LabInfo, LabPhase, LabStatus } from "./daemon/lab-info.ts";
export { dialLab, downLab, labKubeconfig, listLabs, statusLab, upLab } from "./daemon/labs.ts";
export type { LabMemory } from "./daemon/memory.ts";
export type { MachineStatus, NodeStatus, PodStatus } from "./daemon/messages.ts";
export type { UpOptions } from "./daemon/options.ts";
export { LAB_ERRORS, LabError, type LabErrorCode, type LabErrorDetails } from "./lab-error.ts";
export type { Progress, Running } from "./progress.ts";
