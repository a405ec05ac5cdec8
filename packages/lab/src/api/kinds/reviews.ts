import type {
	SelfSubjectAccessReview,
	SelfSubjectRulesReview,
	SubjectAccessReview,
	SubjectAccessReviewSpec,
} from "kubernetes-types/authorization/v1";
import { authorize, grants } from "../auth/authorizer.ts";
import { defineKind, type Surroundings, type User } from "../machinery/kind.ts";

const createOnly = { namespaced: false, verbs: ["create"] as const };

function review(
	spec: SubjectAccessReviewSpec | undefined,
	user: User,
	around: Surroundings,
): { allowed: boolean; reason?: string } {
	const asked = spec?.resourceAttributes;
	const path = spec?.nonResourceAttributes;
	const { allowed, reason } = authorize(
		around,
		user,
		path
			? { verb: path.verb ?? "", path: path.path ?? "" }
			: {
					verb: asked?.verb ?? "",
					group: asked?.group ?? "",
					resource: asked?.resource ?? "",
					subresource: asked?.subresource,
					namespace: asked?.namespace,
					name: asked?.name,
				},
	);
	return { allowed, ...(reason ? { reason } : {}) };
}

const otherUser = (spec: SubjectAccessReviewSpec | undefined): User => ({
	name: spec?.user ?? "",
	groups: spec?.groups ?? [],
});

export const selfsubjectaccessreviews = defineKind<SelfSubjectAccessReview>({
	...createOnly,
	group: "authorization.k8s.io",
	version: "v1",
	kind: "SelfSubjectAccessReview",
	plural: "selfsubjectaccessreviews",
	singular: "selfsubjectaccessreview",
	schema: "V1SelfSubjectAccessReview",
	answer: (object, user, around) => ({ ...object, status: review(object.spec, user, around) }),
});

export const subjectaccessreviews = defineKind<SubjectAccessReview>({
	...createOnly,
	group: "authorization.k8s.io",
	version: "v1",
	kind: "SubjectAccessReview",
	plural: "subjectaccessreviews",
	singular: "subjectaccessreview",
	schema: "V1SubjectAccessReview",
	answer: (object, _user, around) => ({ ...object, status: review(object.spec, otherUser(object.spec), around) }),
});

export const localsubjectaccessreviews = defineKind<SubjectAccessReview>({
	...createOnly,
	namespaced: true,
	group: "authorization.k8s.io",
	version: "v1",
	kind: "LocalSubjectAccessReview",
	plural: "localsubjectaccessreviews",
	singular: "localsubjectaccessreview",
	schema: "V1LocalSubjectAccessReview",
	answer: (object, _user, around) => ({ ...object, status: review(object.spec, otherUser(object.spec), around) }),
});

const EVERYTHING = [
	{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
	{ verbs: ["*"], nonResourceURLs: ["*"] },
];

export const selfsubjectrulesreviews = defineKind<SelfSubjectRulesReview>({
	...createOnly,
	group: "authorization.k8s.io",
	version: "v1",
	kind: "SelfSubjectRulesReview",
	plural: "selfsubjectrulesreviews",
	singular: "selfsubjectrulesreview",
	schema: "V1SelfSubjectRulesReview",
	answer(object, user, around) {
		const all = grants(around, user, object.spec?.namespace).flatMap((grant) => grant.rules);
		const rules = user.groups.includes("system:masters") ? EVERYTHING : all;
		return {
			...object,
			status: {
				incomplete: false,
				resourceRules: rules.flatMap(({ nonResourceURLs, ...rule }) => (nonResourceURLs ? [] : [rule])),
				nonResourceRules: rules.flatMap(({ nonResourceURLs, verbs }) =>
					nonResourceURLs ? [{ nonResourceURLs, verbs }] : [],
				),
			},
		};
	},
});

interface SelfSubjectReview {
	metadata?: { creationTimestamp?: string };
	status?: { userInfo: { username: string; uid?: string; groups: string[]; extra?: Record<string, string[]> } };
}

export const selfsubjectreviews = defineKind<SelfSubjectReview>({
	...createOnly,
	group: "authentication.k8s.io",
	version: "v1",
	kind: "SelfSubjectReview",
	plural: "selfsubjectreviews",
	singular: "selfsubjectreview",
	schema: "V1SelfSubjectReview",
	answer: (object, { name, ...user }, around) => ({
		...object,
		metadata: { creationTimestamp: around.time },
		status: { userInfo: { username: name, ...user } },
	}),
});
