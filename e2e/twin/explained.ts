/** Why something differs, and is to stay so. Each pattern that is there must match. */
export interface Explanation {
	chapter?: RegExp;
	/** the command, or the operation's name */
	operation?: RegExp;
	/** `exit code`, `stdout`, `stderr`, `awaited`, or the path of a member of an object */
	at?: RegExp;
	lab?: RegExp;
	real?: RegExp;
	/** what differs, in a few words */
	what: string;
	/** why it is to stay so */
	reason: string;
	/** not seen each time: who came first decides */
	byChance?: true;
}

/** All differences that are to stay. One that is no longer seen has to go from here. */
export const EXPLAINED: readonly Explanation[] = [
	{
		at: /\.imageID$/,
		what: "A container's imageID has a repository before its digest",
		reason: "The lab's images come as from a registry; those of the cluster compared with were loaded by hand",
	},
	{
		operation: /^describe pod/,
		at: /^stdout$/,
		real: /Image ID/,
		what: "The same in `describe pod`",
		reason: "As above",
		byChance: true,
	},
	{
		at: /lastProbeTime/,
		what: "A pod's conditions have no `lastProbeTime: null`",
		reason: "Nothing ever sets that field; to a client, absent and null are the same",
	},
	{
		operation: /^describe pod/,
		lab: /Pulling|Successfully pulled|Pulled/,
		what: "The first pod on a node has Pulling and Pulled events",
		reason: "The lab pulls an image where it is first run; the cluster compared with has its images already",
		byChance: true,
	},
	{
		operation: /^cp /,
		at: /^stdout$/,
		lab: /^(tar: .*\n?)+$/,
		real: /^(tar: removing leading '\/' from member names)?$/,
		what: "`kubectl cp` shows GNU tar's remarks",
		reason: "A pod in the lab has the machine's own tar, not busybox's",
	},
	{
		lab: /no volume plugin matched name: kubernetes\.io\/no-provisioner/,
		what: "A claim that waits for a static volume says that no plugin matches, not that its class is missing",
		reason: "The lab has the class `manual`, as a cluster with static volumes usually has",
	},
	{
		chapter: /^power$/,
		operation: /^exec /,
		at: /^stderr$/,
		lab: /no route to host/,
		real: /connection refused/,
		what: "A node without power has no route to it; elsewhere its connections are refused",
		reason: "The lab's node is off altogether; of the one compared with the address stays",
	},
	{
		operation: /^api-(resources|versions)/,
		at: /^stdout$/,
		lab: /^(diskpools\.openebs\.io|openebs\.io\/v1alpha1)?$/,
		what: "Fewer kinds",
		reason: "The lab serves what etcd clusters, Helm charts and operators of this kind use",
	},
	{
		operation: /^describe ns/,
		real: /No resource quota/,
		what: "`describe ns` says nothing of quotas and limit ranges",
		reason: "The lab serves neither kind",
	},
	{
		operation: /patch sts set --type=(merge|json)/,
		at: /^stderr$/,
		real: /The request is invalid: patch: Invalid value/,
		what: "An object quoted in an error has its members in another order",
		reason: "Kubernetes' order is that of the Go code by which it happens to be written",
	},
	{
		chapter: /^patching$/,
		operation: /^patch sts set --subresource=scale/,
		what: "A scale to the number that is there changes nothing",
		reason: "Kubernetes writes once more who owns `spec.replicas`",
	},
	{
		chapter: /^patching$/,
		at: /f:spec\.f:replicas$/,
		what: "The same in `managedFields`",
		reason: "As above",
	},
	{
		at: /EndpointSlice .*\.generation$/,
		what: "A slice has been written more or fewer times",
		reason: "How many changes of pods one write takes in is a matter of time",
		byChance: true,
	},
	{
		at: /Endpoint(s|Slice) .*\.annotations$/,
		what: "No time of the last change on Endpoints",
		reason: "It is a measuring point of Kubernetes' own, there now and then",
		byChance: true,
	},
	{
		operation: /^describe /,
		at: /^stdout$/,
		// what the lab does print of scheduling must be the very words
		lab: /^(?!.*FailedScheduling)/s,
		real: /FailedScheduling|FailedMount|Unhealthy|ClusterIPNotAllocated|BackOff|^Events:|Type.*Reason/,
		what: "Events of caches that are behind",
		reason: "In the lab nobody has to wait for a cache, so a pod's first try succeeds",
		byChance: true,
	},
	{
		operation: /^describe /,
		at: /^stdout$/,
		lab: /^Events:\t<none>$/,
		what: "The same where there are no others",
		reason: "As above",
		byChance: true,
	},
	{
		operation: /^explain /,
		at: /^stdout$/,
		lab: /^(\s*<no description>)?$/,
		what: "`explain` has no text for a field that is an object of a type of its own, and no enums",
		reason: "The published TypeScript types that the lab's schemas are made from have neither",
	},
	{
		at: /managedFields.*PodScheduled|f:conditions\.\.$/,
		what: "Who owns a pod's condition PodScheduled",
		reason: "In Kubernetes it comes with the binding, which leaves no trace; the lab's scheduler writes it",
	},
	{
		operation: /^(get|describe) pod once/,
		at: /PodReadyToStartContainers|stdout/,
		what: "Whether a pod that has ended still has its network at the time of looking",
		reason: "A matter of time",
		byChance: true,
	},
	{
		operation: /^(get|describe) pod crash/,
		at: /restartCount|stdout|stderr/,
		what: "Count of restarts at the time of looking",
		reason: "A matter of time",
		byChance: true,
	},
	{
		chapter: /^scaling$/,
		at: /controller-revision-hash$/,
		what: "A revision's hash after `rollout restart`",
		reason: "The time of the restart is a part of the template",
	},
];
