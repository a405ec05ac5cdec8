import { expect, it } from "vitest";
import { plainStyle } from "../testing/plain-style.ts";
import { labListText, labStatusText, labUpText } from "./lab-text.ts";

const lab = {
	name: "audit",
	phase: "up",
	since: "2026-11-30T09:00:00Z",
	port: 4000,
	kubeconfig: "/k",
	log: "/l",
	members: 3,
	nodes: 5,
	etcd: { version: "3.5.9", folder: "/etcd" },
};

it("sets a lab's name apart from the words around it", () => {
	expect(labUpText(lab, "quorate", 3200, plainStyle()).join("\n")).toContain(
		'√ Lab "audit" is up: etcd 3.5.9, 3 members on 5 nodes, in 3.2s',
	);
});

it("says how to start and stop one", () => {
	expect(labUpText(lab, "quorate", 3200, plainStyle(120)).join("\n")).toContain(
		"quorate lab down --name audit                             # stop it; nothing is left behind",
	);
	expect(labListText([], "quorate", plainStyle())).toEqual(["No lab is up. Start one with: quorate lab up"]);
});

it("says whose memory it is", () => {
	const memory = { lab: 62 * 2 ** 20, etcd: 76 * 2 ** 20 };
	expect(labStatusText({ ...lab, memory }, plainStyle())).toContain("Memory:      lab 62 MiB, etcd 76 MiB");
});
