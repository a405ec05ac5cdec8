/** A command of the guide "Scaling up etcd members" of OpenEBS Mayastor, and what it shows of its outcome. */
export interface GuideStep {
	command: string;
	/** what is printed, or for an edit what the edited text then has */
	output?: string;
	/** what is typed into the shell that the command opens */
	typed?: string[];
	/** a file that the command reads */
	file?: { name: string; text: string };
}

const peer = (ordinal: number) =>
	`mayastor-etcd-${ordinal}=http://mayastor-etcd-${ordinal}.mayastor-etcd-headless.mayastor.svc.cluster.local:2380`;

export const POOLS: GuideStep = {
	command: "kubectl get dsp -n mayastor",
	output: `NAME     NODE       STATE    POOL_STATUS   CAPACITY       USED          AVAILABLE
pool-0   worker-0   Online   Online        374710730752   22561161216   352149569536
pool-1   worker-1   Online   Online        374710730752   21487419392   353223311360
pool-2   worker-2   Online   Online        374710730752   21793603584   352917127168`,
};

export const SCALE: GuideStep = {
	command: "kubectl scale sts mayastor-etcd -n mayastor --replicas=4",
	output: "statefulset.apps/mayastor-etcd scaled",
};

export const PODS: GuideStep = {
	command: "kubectl get pods -n mayastor -l app=etcd",
	output: `NAME              READY   STATUS    RESTARTS   AGE
mayastor-etcd-0   1/1     Running   0          28d
mayastor-etcd-1   1/1     Running   0          28d
mayastor-etcd-2   1/1     Running   0          28d
mayastor-etcd-3   0/1     Pending   0          2m34s`,
};

export const EDIT: GuideStep = {
	command: "kubectl edit sts mayastor-etcd -n mayastor",
	output: `        - name: ETCD_INITIAL_CLUSTER_STATE
          value: existing
        - name: ETCD_INITIAL_CLUSTER
          value: ${[0, 1, 2, 3].map(peer).join(",")}`,
};

export const VOLUME: GuideStep = {
	command: "kubectl apply -f pv-etcd.yaml -n mayastor",
	output: "persistentvolume/etcd-volume-3 created",
	file: {
		name: "pv-etcd.yaml",
		text: `apiVersion: v1
kind: PersistentVolume
metadata:
  annotations:
    meta.helm.sh/release-name: mayastor
    meta.helm.sh/release-namespace: mayastor
    pv.kubernetes.io/bound-by-controller: "yes"
  finalizers:
  - kubernetes.io/pv-protection
  labels:
    app.kubernetes.io/managed-by: Helm
    statefulset.kubernetes.io/pod-name: mayastor-etcd-3
  name: etcd-volume-3
spec:
  accessModes:
  - ReadWriteOnce
  capacity:
    storage: 2Gi
  claimRef:
    apiVersion: v1
    kind: PersistentVolumeClaim
    name: data-mayastor-etcd-3
    namespace: mayastor
  hostPath:
    path: /var/local/mayastor/etcd/pod-3
    type: ""
  persistentVolumeReclaimPolicy: Delete
  storageClassName: manual
  volumeMode: Filesystem`,
	},
};

export const SHELL: GuideStep = {
	command: "kubectl exec -it mayastor-etcd-3 -n mayastor -- bash",
	typed: ["ETCDCTL_API=3", 'etcdctl get --prefix ""'],
};

/** In the guide's order. */
export const GUIDE: readonly GuideStep[] = [POOLS, SCALE, PODS, EDIT, VOLUME, SHELL];
