import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { isObject, numberAt, stringAt } from "../json.ts";
import type { Surroundings, User } from "../machinery/kind.ts";

const ISSUER = "https://kubernetes.default.svc.cluster.local";

export interface TokenClaims {
	namespace: string;
	name: string;
	uid: string;
	audiences: string[];
	/** seconds since 1970 */
	expires: number;
	/** the token holds as long as this pod is there */
	pod?: { name: string; uid: string };
}

const EXTRA = "authentication.kubernetes.io";

const YEAR = 365 * 24 * 3600;
/** Just over an hour: what kubelets ask for in a pod's name. The API server knows them by this number, and gives a year. */
export const POD_TOKEN_SECONDS = 3607;

/** When a token that is asked for now ends, in seconds since 1970. */
export const expiry = (seconds: number): number =>
	Math.floor(Date.now() / 1000) + (seconds === POD_TOKEN_SECONDS ? YEAR : seconds);

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Issues and checks the tokens of service accounts. They hold as long as this server lives. */
export class Tokens {
	readonly #key = randomBytes(32);

	issue({ namespace, name, uid, audiences, expires, pod }: TokenClaims): string {
		const now = Math.floor(Date.now() / 1000);
		const head = encode({ alg: "HS256", typ: "JWT" });
		const body = encode({
			aud: audiences.length > 0 ? audiences : [ISSUER],
			exp: expires,
			iat: now,
			nbf: now,
			iss: ISSUER,
			jti: randomUUID(),
			"kubernetes.io": { namespace, ...(pod ? { pod } : {}), serviceaccount: { name, uid } },
			sub: `system:serviceaccount:${namespace}:${name}`,
		});
		return `${head}.${body}.${this.#sign(`${head}.${body}`).toString("base64url")}`;
	}

	/** The user that a token stands for; undefined where it is not ours, has expired, or its account is gone. */
	check(token: string, around: Pick<Surroundings, "find">): User | undefined {
		const [head, body, signature, ...rest] = token.split(".");
		if (!head || !body || !signature || rest.length > 0) return undefined;
		const given = Buffer.from(signature, "base64url");
		const right = this.#sign(`${head}.${body}`);
		if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
		const claims: unknown = JSON.parse(Buffer.from(body, "base64url").toString("utf8"));
		if (!isObject(claims) || (numberAt(claims, "exp") ?? 0) * 1000 < Date.now()) return undefined;
		if (!Array.isArray(claims.aud) || !claims.aud.includes(ISSUER)) return undefined;
		const namespace = stringAt(claims, "kubernetes.io", "namespace");
		const name = stringAt(claims, "kubernetes.io", "serviceaccount", "name");
		const uid = stringAt(claims, "kubernetes.io", "serviceaccount", "uid");
		if (around.find("", "serviceaccounts", namespace, name)?.metadata.uid !== uid) return undefined;
		const pod = {
			name: stringAt(claims, "kubernetes.io", "pod", "name"),
			uid: stringAt(claims, "kubernetes.io", "pod", "uid"),
		};
		if (pod.uid && around.find("", "pods", namespace, pod.name)?.metadata.uid !== pod.uid) return undefined;
		return {
			name: `system:serviceaccount:${namespace}:${name}`,
			uid,
			groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
			extra: {
				[`${EXTRA}/credential-id`]: [`JTI=${stringAt(claims, "jti")}`],
				...(pod.uid ? { [`${EXTRA}/pod-name`]: [pod.name], [`${EXTRA}/pod-uid`]: [pod.uid] } : {}),
			},
		};
	}

	#sign(text: string): Buffer {
		return createHmac("sha256", this.#key).update(text).digest();
	}
}
