import { expect, test } from "vitest";
import { endpoints, isInitialMember, ownEndpoint, readSettings } from "./settings.ts";

const DOMAIN = "mayastor-etcd-headless.mayastor.svc.cluster.local";
const chart = {
	ETCD_ON_K8S: "yes",
	MY_STS_NAME: "mayastor-etcd",
	ETCD_NAME: "mayastor-etcd-1",
	ETCD_DATA_DIR: "/bitnami/etcd/data",
	ETCD_CLUSTER_DOMAIN: DOMAIN,
	ETCD_ADVERTISE_CLIENT_URLS: `http://mayastor-etcd-1.${DOMAIN}:2379,http://mayastor-etcd.mayastor.svc.cluster.local:2379`,
	ETCD_INITIAL_ADVERTISE_PEER_URLS: "http://mayastor-etcd-1:2380",
	ETCD_INITIAL_CLUSTER: "mayastor-etcd-0=http://mayastor-etcd-0:2380,mayastor-etcd-1=http://mayastor-etcd-1:2380",
	ETCD_DISASTER_RECOVERY: "no",
};

test("the chart's environment", () => {
	const settings = readSettings(chart);
	expect(settings).toMatchObject({
		name: "mayastor-etcd-1",
		volumeDir: "/bitnami/etcd",
		initialClusterState: "new",
		disasterRecovery: false,
	});
	expect(settings.initialCluster[1]).toEqual({ name: "mayastor-etcd-1", url: "http://mayastor-etcd-1:2380" });
	expect(isInitialMember(settings)).toBe(true);
	expect(endpoints(settings, 2)).toEqual([0, 1].map((ordinal) => `http://mayastor-etcd-${ordinal}.${DOMAIN}:2379`));
	expect(ownEndpoint(settings)).toBe("http://127.0.0.1:2379");
});

test("a pod more than there are in the list", () => {
	const url = "http://mayastor-etcd-2:2380";
	expect(isInitialMember(readSettings({ ...chart, ETCD_INITIAL_ADVERTISE_PEER_URLS: url }))).toBe(false);
});

test("no environment at all", () => {
	expect(readSettings({})).toMatchObject({
		dataDir: "/bitnami/etcd/data",
		initialCluster: [],
		scheme: "http",
		domain: "",
	});
});
