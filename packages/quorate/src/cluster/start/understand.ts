import type { Container, PodTemplateSpec } from "kubernetes-types/core/v1";
import { changesMembers, notHarmless } from "./harmless.ts";
import type { Settings } from "./settings.ts";
import { quoted } from "./shell-script.ts";

/** Settings that make etcd begin otherwise than by `--initial-cluster`; with a file, it ignores all flags and variables. */
const OTHERWISE = ["config-file", "discovery", "discovery-endpoints", "discovery-srv"] as const;

const WHY: Readonly<Record<(typeof OTHERWISE)[number], string>> = {
	"config-file": "with it etcd ignores its flags and variables",
	discovery: "it conflicts with --initial-cluster",
	"discovery-endpoints": "it conflicts with --initial-cluster",
	"discovery-srv": "it conflicts with --initial-cluster",
};

/**
 * What of a pod's start decides how its etcd begins or who is a member, and is not understood; each quoted, with why. Empty: a new pod can
 * be made to join by etcd's own flags and variables, and comes back as the member that it is.
 */
export function notUnderstood(template: PodTemplateSpec, container: Container, settings: Settings): readonly string[] {
	return [
		...settings.command.notUnderstood,
		...ownStart(container, settings),
		...OTHERWISE.flatMap((flag) => {
			const quote = settings.quote(flag);
			return quote === undefined ? [] : [`${quote}: ${WHY[flag]}`];
		}),
		...bitnamiFile(container),
		...unreadSources(container, settings),
		...beside(template, container),
		...postStart(container),
	];
}

/** What an image starts by itself is known of etcd's releases, and of Bitnami's images where these are told of Kubernetes. */
function ownStart({ image = "", env = [] }: Container, { command }: Settings): string[] {
	if (command.kind !== "image" || env.some(({ name }) => name === "ETCD_ON_K8S")) return [];
	const plain = /(^|[/-])etcd(:v?\d+(\.\d+)*(-\d+)?)?(@sha256:\w+)?$/.test(image) && !image.includes("bitnami");
	return plain ? [] : [`${quoted(image)}: without a command, what starts is the image's own matter`];
}

/** Bitnami's scripts look for one there. */
function bitnamiFile({ env = [], volumeMounts = [] }: Container): string[] {
	const variable = env.find(({ name, value }) => name === "ETCD_CONF_FILE" && value !== "");
	const mount = volumeMounts.find(({ mountPath }) => /^\/opt\/bitnami\/etcd\/conf(\/|$)/.test(mountPath));
	if (!variable && !mount) return [];
	return [
		`${quoted(variable ? `ETCD_CONF_FILE=${variable.value ?? ""}` : (mount?.mountPath ?? ""))}: ${WHY["config-file"]}`,
	];
}

/** Variables of etcd's may be in an object that was not read. */
function unreadSources({ envFrom = [] }: Container, { objects }: Settings): string[] {
	return envFrom.flatMap(({ configMapRef, secretRef }) => {
		const kind = configMapRef ? "ConfigMap" : "Secret";
		const name = configMapRef?.name ?? secretRef?.name ?? "";
		return objects.has(`${kind}/${name}`) ? [] : [`\`envFrom\` ${kind} ${name}: it could not be read`];
	});
}

/** Init containers and those beside etcd, as far as they could touch members or data. */
function beside(template: PodTemplateSpec, etcd: Container): string[] {
	const { initContainers = [], containers = [] } = template.spec ?? {};
	const claims = new Set((template.spec?.volumes ?? []).map(({ name }) => name));
	// what is no volume of the template's own is a claim's: the member's data
	const data = new Set((etcd.volumeMounts ?? []).map(({ name }) => name).filter((name) => !claims.has(name)));
	const before = initContainers.flatMap((container) => {
		const words = [...(container.command ?? []), ...(container.args ?? [])];
		const touches = (container.volumeMounts ?? []).some(({ name, readOnly }) => data.has(name) && !readOnly);
		const unknown = container.command ? notHarmless(words) : [quoted(words.join(" ") || (container.image ?? ""))];
		const about = unknown.filter((quote) => touches || changesMembers(quote) || /\betcd(ctl|utl)?\b/.test(quote));
		return about.map((quote) => `init container ${container.name} runs ${quote}`);
	});
	const others = containers.flatMap((container) => {
		const text = [...(container.command ?? []), ...(container.args ?? [])].join(" ");
		return container.name !== etcd.name && changesMembers(text)
			? [`container ${container.name} runs ${quoted(text)}`]
			: [];
	});
	return [...before, ...others];
}

function postStart({ lifecycle }: Container): string[] {
	const { exec, httpGet } = lifecycle?.postStart ?? {};
	const unknown = exec ? notHarmless(exec.command ?? []) : httpGet ? [quoted(`httpGet ${httpGet.path ?? ""}`)] : [];
	return unknown.map((quote) => `after its start it runs ${quote}`);
}
