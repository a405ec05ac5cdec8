/** What Mayastor's Helm release, installed as its documentation says, calls its etcd. */
export const NAMESPACE = "mayastor";
export const RELEASE = "mayastor";
export const STATEFULSET = `${RELEASE}-etcd`;
export const HEADLESS_SERVICE = `${STATEFULSET}-headless`;
export const CLIENT_SERVICE = `${RELEASE}-etcd`;
export const CLIENT_PORT = 2379;
export const PEER_PORT = 2380;
/** claim template and volume: claims are `data-mayastor-etcd-N` */
export const VOLUME = "data";
export const CAPACITY = "2Gi";
/** the class of volumes made by hand */
export const MANUAL_CLASS = "manual";

export const HEADLESS_DOMAIN = `${HEADLESS_SERVICE}.${NAMESPACE}.svc.cluster.local`;

/** The Bitnami chart's selector; it matches the StatefulSet's pods, Services and budget. */
export const SELECTOR = { "app.kubernetes.io/instance": RELEASE, "app.kubernetes.io/name": "etcd" };

/** On every object of the release. */
export const labels = ({ version }: { version: string }) => ({
	...SELECTOR,
	"app.kubernetes.io/managed-by": "Helm",
	"helm.sh/chart": `etcd-${version}`,
});
export const ANNOTATIONS = { "meta.helm.sh/release-name": RELEASE, "meta.helm.sh/release-namespace": NAMESPACE };

export const podName = (ordinal: number) => `${STATEFULSET}-${ordinal}`;
export const podHost = (ordinal: number) => `${podName(ordinal)}.${HEADLESS_DOMAIN}`;
export const peerUrl = (ordinal: number, scheme: "http" | "https" = "http") =>
	`${scheme}://${podHost(ordinal)}:${PEER_PORT}`;
