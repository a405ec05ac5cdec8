import { covers } from "../cluster/certificate-names.ts";
import type { CertificateView } from "../cluster/security-view.ts";
import { type CheckAbout, check, type Found } from "./check.ts";

const about: CheckAbout = {
	id: "certificates-good",
	group: "etcd",
	passes: "Certificates are within their time and cover the names of present and new members",
	why: "a member whose certificate is not accepted cannot be spoken to",
	todo: "issue it anew with these names; etcd takes a renewed one without a restart",
};

const DAY = 24 * 60 * 60 * 1000;
/** A certificate that ends within this time is told of. */
const SOON_DAYS = 30;

/** Certificates are valid now, and cover the names of the members that are to come. */
export const tls = check(about, ({ security, view }) => {
	const { certificates, seenAt } = security;
	if (certificates.length === 0) return { status: "pass", saw: "no certificates to check" };
	const found = certificates.map((certificate) => look(certificate, seenAt, view.statefulSet.namespace));
	const worst = found.find(({ status }) => status === "fail") ?? found.find(({ status }) => status === "warn");
	if (!worst) return { status: "pass", saw: allGood(certificates) };
	const saw = found.filter(({ status }) => status === worst.status).map((one) => one.saw);
	return { ...worst, saw: [...new Set(saw)].join("; ") };
});

function allGood(certificates: readonly CertificateView[]): string {
	const ends = certificates.flatMap(({ facts }) => (facts ? [facts.notAfter.getTime()] : []));
	const covered = certificates.some(({ hosts }) => hosts.length > 0) ? " and cover the members' names" : "";
	return `certificates are good until ${day(new Date(Math.min(...ends)))}${covered}`;
}

function look(certificate: CertificateView, now: Date, namespace: string): Found {
	const { facts, source, use, hosts, trouble } = certificate;
	const what = `${use === "authority" ? "the authority's" : `the ${use}`} certificate, ${source},`;
	if (!facts)
		return {
			status: hosts.length > 0 ? "fail" : "warn",
			saw: `${what} cannot be looked at: ${trouble}`,
			why: "a new member that shows no good certificate is not spoken to by the others",
			hint: `see what the pods mount: kubectl get secrets -n ${namespace}`,
		};
	const why = "members and clients refuse a certificate outside its time as soon as a connection is made anew";
	if (facts.notAfter <= now)
		return {
			status: "fail",
			saw: `${what} has expired on ${day(facts.notAfter)}`,
			why,
			hint: "renew it first; etcd takes a renewed one without a restart",
		};
	if (facts.notBefore > now)
		return { status: "fail", saw: `${what} is not valid before ${day(facts.notBefore)}`, why, hint: "see the clocks" };
	const missing = [...new Set(hosts.filter((host) => !covers(facts.names, host)))];
	if (missing.length > 0)
		return {
			status: "fail",
			saw: `${what} does not cover ${missing.join(", ")}`,
			why:
				use === "peer"
					? "the others refuse to speak to a member under a name that its certificate does not cover"
					: "clients that know a member by that name, and Quorate, refuse to speak to it",
			hint: `issue it anew with these names added, or with a wildcard: ${missing.join(", ")}${use === "client" ? "; if clients use another name, give that one: --server-name" : ""}`,
		};
	const days = Math.floor((facts.notAfter.getTime() - now.getTime()) / DAY);
	if (days < SOON_DAYS)
		return {
			status: "warn",
			saw: `${what} expires in ${days} ${days === 1 ? "day" : "days"}, on ${day(facts.notAfter)}`,
			why,
			hint: "renew it; etcd takes a renewed one without a restart",
		};
	return { status: "pass", saw: what };
}

const day = (date: Date): string => date.toISOString().slice(0, 10);
