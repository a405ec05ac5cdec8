import { expect, test } from "vitest";
import type { Claim, Node, Volume } from "../stored.ts";
import { findVolume, mismatch } from "./match.ts";

const claim = (spec: Claim["spec"] = {}): Claim =>
	({
		metadata: { name: "data-web-0", namespace: "default", uid: "c0" },
		spec: {
			accessModes: ["ReadWriteOnce"],
			storageClassName: "manual",
			resources: { requests: { storage: "1Gi" } },
			...spec,
		},
	}) as unknown as Claim;

const volume = (name: string, spec: Volume["spec"] = {}, phase = "Available", labels = {}): Volume =>
	({
		metadata: { name, labels },
		spec: { accessModes: ["ReadWriteOnce"], storageClassName: "manual", capacity: { storage: "2Gi" }, ...spec },
		status: { phase },
	}) as unknown as Volume;

const reserved = { claimRef: { namespace: "default", name: "data-web-0" } };
const on = (node: string) => ({
	nodeAffinity: {
		required: { nodeSelectorTerms: [{ matchExpressions: [{ key: "host", operator: "In", values: [node] }] }] },
	},
});
const node = (name: string) => ({ metadata: { name, labels: { host: name } } }) as unknown as Node;
const chosen = (...args: Parameters<typeof findVolume>) => findVolume(...args)?.metadata.name;

test("the smallest that is large enough", () => {
	const sized = (storage: string) => volume(storage, { capacity: { storage } });
	expect(chosen(claim(), [sized("4Gi"), sized("500Mi"), sized("1Gi"), sized("2Gi")])).toBe("1Gi");
	expect(chosen(claim(), [sized("1023Mi")])).toBeUndefined();
});

test("one that is reserved for the claim goes before a better fitting one, whatever its class", () => {
	const volumes = [
		volume("small", { capacity: { storage: "1Gi" } }),
		volume("mine", { ...reserved, storageClassName: "x" }),
	];
	expect(chosen(claim(), volumes)).toBe("mine");
	expect(chosen(claim(), [volume("tight", { ...reserved, capacity: { storage: "1Mi" } }), volume("other")])).toBe(
		"other",
	);
});

test("one that is reserved for another, or for an earlier claim of the name, is not taken", () => {
	expect(chosen(claim(), [volume("a", { claimRef: { namespace: "default", name: "else" } })])).toBeUndefined();
	expect(chosen(claim(), [volume("a", { claimRef: { ...reserved.claimRef, uid: "older" } })])).toBeUndefined();
});

test("class, mode, access modes, labels and phase must fit", () => {
	expect(chosen(claim(), [volume("a", { storageClassName: "fast" })])).toBeUndefined();
	expect(chosen(claim(), [volume("a", { volumeMode: "Block" })])).toBeUndefined();
	expect(chosen(claim({ accessModes: ["ReadWriteMany"] }), [volume("a")])).toBeUndefined();
	expect(chosen(claim(), [volume("a", {}, "Released")])).toBeUndefined();
	const selecting = claim({ selector: { matchLabels: { disk: "ssd" } } });
	expect(chosen(selecting, [volume("a"), volume("b", {}, "Available", { disk: "ssd" })])).toBe("b");
});

test("volumes with no more access modes than needed come first, though larger", () => {
	const wide = volume("wide", { accessModes: ["ReadWriteOnce", "ReadWriteMany"], capacity: { storage: "1Gi" } });
	expect(chosen(claim(), [wide, volume("narrow", { capacity: { storage: "9Gi" } })])).toBe("narrow");
});

test("for a node, only volumes that can be used there; while the scheduler chooses, only a reserved one", () => {
	const volumes = [volume("a", on("n1")), volume("b", on("n2"))];
	expect(chosen(claim(), volumes, { node: node("n2"), delayed: true })).toBe("b");
	expect(chosen(claim(), volumes, { node: node("n2"), taken: new Set(["b"]) })).toBeUndefined();
	expect(chosen(claim(), volumes, { delayed: true })).toBeUndefined();
	expect(chosen(claim(), [volume("mine", { ...reserved, ...on("n1") })], { node: node("n2") })).toBeUndefined();
});

test.each([
	[{ capacity: { storage: "1Mi" } }, "requested PV is too small"],
	[{ storageClassName: "fast" }, "storageClassName does not match"],
	[{ volumeMode: "Block" }, "incompatible volumeMode"],
	[{ accessModes: ["ReadOnlyMany"] }, "incompatible accessMode"],
	[{}, undefined],
])("a volume asked for by name with %j: %s", (spec, why) => {
	expect(mismatch(volume("a", spec), claim())).toBe(why);
});
