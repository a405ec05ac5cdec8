import type { PersistentVolume } from "kubernetes-types/core/v1";
import { ApiError } from "../../api/api-error.ts";
import { NODES, PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES } from "../../api/resources.ts";
import { recorder } from "../recorder.ts";
import type { Claim, Node } from "../stored.ts";
import { LAB_PROVISIONER, PROVISIONED_BY, SELECTED_NODE, STORAGE_PROVISIONERS } from "./annotations.ts";
import type { VolumeContext } from "./context.ts";
import { classOf } from "./match.ts";

/** Where the lab's provisioner makes its folders, on the node's disk. */
const PROVISIONED_FOLDER = "/var/local/quorate";

/** No volume fits: has one made, or says who is waited for. */
export function provision(context: VolumeContext, claim: Claim) {
	const name = classOf(claim);
	const storageClass = context.storageClass(name);
	const failed = (message: string) => context.tell(claim, "Warning", "ProvisioningFailed", message);
	if (!storageClass) return failed(`storageclass.storage.k8s.io ${JSON.stringify(name)} not found`);
	const { provisioner } = storageClass;
	// provisioners of that name space are built in, or not there
	if (provisioner.startsWith("kubernetes.io/")) return failed(`no volume plugin matched name: ${provisioner}`);
	annotate(context, claim, provisioner);
	if (provisioner === LAB_PROVISIONER) return makeFolder(context, claim);
	const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
	context.tell(claim, "Normal", "ExternalProvisioning", message);
}

function annotate(context: VolumeContext, claim: Claim, provisioner: string): void {
	const { namespace, name } = claim.metadata;
	context.api.modify<Claim>(PERSISTENTVOLUMECLAIMS, namespace, name, (copy) => {
		const annotations = { ...copy.metadata.annotations };
		if (STORAGE_PROVISIONERS.every((key) => annotations[key] === provisioner)) return false;
		for (const key of STORAGE_PROVISIONERS) annotations[key] = provisioner;
		copy.metadata.annotations = annotations;
	});
}

function makeFolder(context: VolumeContext, claim: Claim): void {
	const { api } = context;
	const tell = recorder(api, LAB_PROVISIONER);
	const node = nodeFor(context, claim);
	const name = `pvc-${claim.metadata.uid}`;
	const about = `${claim.metadata.namespace}/${claim.metadata.name}`;
	if (!node || claim.metadata.deletionTimestamp) return;
	const message = `External provisioner is provisioning volume for claim ${JSON.stringify(about)}`;
	tell(claim, "Normal", "Provisioning", message);
	try {
		api.create<PersistentVolume>(PERSISTENTVOLUMES, provisioned(context, claim, node, name));
	} catch (error) {
		if (error instanceof ApiError && error.reason === "AlreadyExists") return;
		throw error;
	}
	tell(claim, "Normal", "ProvisioningSucceeded", `Successfully provisioned volume ${name}`);
}

/** The scheduler's choice; without one, the node with the fewest of our folders. */
function nodeFor(context: VolumeContext, claim: Claim): Node | undefined {
	const chosen = claim.metadata.annotations?.[SELECTED_NODE];
	const nodes = context.api.list<Node>(NODES);
	if (chosen) return nodes.find((node) => node.metadata.name === chosen);
	const volumes = context
		.volumes()
		.filter((volume) => volume.metadata.annotations?.[PROVISIONED_BY] === LAB_PROVISIONER);
	const load = (node: Node) =>
		volumes.filter((volume) => JSON.stringify(volume.spec?.nodeAffinity).includes(`"${hostname(node)}"`)).length;
	return nodes.filter((node) => !node.spec?.unschedulable).sort((a, b) => load(a) - load(b))[0];
}

const HOSTNAME = "kubernetes.io/hostname";
const hostname = (node: Node): string => node.metadata.labels?.[HOSTNAME] ?? node.metadata.name;

function provisioned(context: VolumeContext, claim: Claim, node: Node, name: string): PersistentVolume {
	const { uid, resourceVersion, namespace } = claim.metadata;
	const { accessModes = ["ReadWriteOnce"], resources, volumeMode = "Filesystem" } = claim.spec ?? {};
	const hosts = [{ key: HOSTNAME, operator: "In", values: [hostname(node)] }];
	return {
		apiVersion: "v1",
		kind: "PersistentVolume",
		metadata: { name, annotations: { [PROVISIONED_BY]: LAB_PROVISIONER } },
		spec: {
			accessModes,
			capacity: { storage: resources?.requests?.storage ?? "0" },
			claimRef: {
				apiVersion: "v1",
				kind: "PersistentVolumeClaim",
				name: claim.metadata.name,
				namespace,
				uid,
				resourceVersion,
			},
			hostPath: { path: `${PROVISIONED_FOLDER}/${name}`, type: "DirectoryOrCreate" },
			nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: hosts }] } },
			persistentVolumeReclaimPolicy: context.storageClass(classOf(claim))?.reclaimPolicy ?? "Delete",
			storageClassName: classOf(claim),
			volumeMode,
		},
	};
}
