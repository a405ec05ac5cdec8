import { describe, expect, it } from "vitest";
import { completeCommands, type Reach } from "./complete-commands.ts";

const plain: Reach = { name: "quorate", kubectl: "", quorate: "", namespace: "" };
const given: Reach = {
	name: "kubectl quorate",
	kubectl: " --kubeconfig /home/a/k --context prod",
	quorate: " --kubeconfig /home/a/k --context prod --cacert /ca.crt",
	namespace: " -n mayastor",
};

describe("commands in hints", () => {
	it("are left as they are where nothing was given", () => {
		const text = "finish it: quorate scale sts/etcd -n a --replicas 5; or take it back: quorate abort sts/etcd -n a";
		expect(completeCommands(text, plain)).toBe(text);
	});

	it("get what the user gave, each of them", () => {
		expect(
			completeCommands(
				"finish it: quorate scale sts/etcd -n a --replicas 5; or take it back: quorate abort sts/etcd -n a",
				given,
			),
		).toBe(
			"finish it: kubectl quorate scale --kubeconfig /home/a/k --context prod --cacert /ca.crt sts/etcd -n a --replicas 5; or take it back: kubectl quorate abort --kubeconfig /home/a/k --context prod --cacert /ca.crt sts/etcd -n a",
		);
		expect(completeCommands("kubectl describe pod etcd-3 -n a; kubectl logs etcd-3 -n a", given)).toBe(
			"kubectl --kubeconfig /home/a/k --context prod describe pod etcd-3 -n a; kubectl --kubeconfig /home/a/k --context prod logs etcd-3 -n a",
		);
	});

	it("get the namespace where they name none", () => {
		expect(completeCommands("see what it did (`quorate status`), then try again", given)).toBe(
			"see what it did (`kubectl quorate status --kubeconfig /home/a/k --context prod --cacert /ca.crt -n mayastor`), then try again",
		);
	});

	it("are told from prose", () => {
		const text = "see whether etcd can be read with kubectl, or what quorate snapshot verify FILE says";
		expect(completeCommands(text, given)).toBe(text);
	});
});
