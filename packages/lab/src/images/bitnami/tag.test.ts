import { expect, test } from "vitest";
import { readTag } from "./tag.ts";

test.each([
	["3.5.6-debian-11-r10", "3.5.6", "old"],
	["3.4.23-debian-11-r5", "3.4.23", "old"],
	["3.5.9", "3.5.9", "old"],
	["3.5.17-debian-12-r3", "3.5.17", "old"],
	["3.5.17-debian-12-r4", "3.5.17", "new"],
	["3.5.17-debian-11-r9", "3.5.17", "old"],
	["3.5.17-debian-12", "3.5.17", "new"],
	["3.5.17", "3.5.17", "new"],
	["3.5.21-debian-12-r4", "3.5.21", "new"],
	["3.6.4-debian-12-r0", "3.6.4", "new"],
	["3.5", "3.5", "new"],
	["3.4", "3.4", "old"],
	["3", "3", "new"],
	["latest", "latest", "new"],
])("%s: etcd %s with the %s scripts", (tag, etcd, generation) => {
	expect(readTag(tag)).toEqual({ etcd, generation });
});
