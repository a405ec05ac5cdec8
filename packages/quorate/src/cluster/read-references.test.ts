import type { Container } from "kubernetes-types/core/v1";
import { expect, it } from "vitest";
import { QuorateError } from "../errors.ts";
import { readReferences } from "./read-references.ts";

const secret = (name: string, from: string) => ({ name, valueFrom: { secretKeyRef: { name: from, key: "k" } } });

async function read(container: Partial<Container>, forbidden: readonly string[] = []): Promise<string[]> {
	const files = {
		all: async (kind: string, name: string) => {
			if (forbidden.includes(name)) throw new QuorateError("Forbidden", { operation: "reading", message: "no" });
			return new Map([["k", `${kind} ${name}`]]);
		},
	};
	const template = { spec: { containers: [{ name: "etcd", command: ["etcd"], ...container }] } };
	return [...(await readReferences(template, files, {})).keys()].sort();
}

it("reads what decides how etcd starts and where it is reached, and no password", async () => {
	const env = [
		...[secret("ETCD_ROOT_PASSWORD", "password"), secret("DOMAIN", "domain"), secret("INNER", "inner")],
		{ name: "HOST", value: "etcd-0.$(INNER)" },
		{ name: "ETCD_ADVERTISE_CLIENT_URLS", value: "https://$(HOST):2379" },
		{ name: "USER", value: "root:$(ETCD_ROOT_PASSWORD)" },
		{ name: "PORT", valueFrom: { configMapKeyRef: { name: "ports", key: "k" } } },
	];
	const envFrom = [{ configMapRef: { name: "all" } }, { secretRef: { name: "keys" } }];
	const args = ["--initial-advertise-peer-urls=https://etcd-0.$(DOMAIN):2380"];
	const wanted = ["ConfigMap/all", "ConfigMap/ports", "Secret/domain", "Secret/inner", "Secret/keys"];
	expect(await read({ env, envFrom, args })).toEqual(wanted);
	expect(await read({ env, envFrom, args }, ["domain", "all"])).toEqual(wanted.slice(1).toSpliced(1, 1));
});

it("in a script, too", async () => {
	const env = [secret("PASSWORD", "password"), secret("DOMAIN", "domain")];
	const script = 'SUFFIX=svc.$DOMAIN; OTHER=$PASSWORD; exec etcd --advertise-client-urls="https://etcd.$SUFFIX:2379"';
	expect(await read({ env, command: ["sh", "-c", script] })).toEqual(["Secret/domain"]);
});
