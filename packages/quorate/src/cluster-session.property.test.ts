import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkReportDocument } from "./cli/json/check-report.ts";
import { clusterStatus } from "./cli/json/cluster-status.ts";
import { planDocument } from "./cli/json/plan.ts";
import { checksText } from "./cli/render/checks-text.ts";
import { planText } from "./cli/render/plan-text.ts";
import { statusText } from "./cli/render/status-text.ts";
import { plainStyle } from "./cli/testing/plain-style.ts";
import { findAccess } from "./cluster/access/find-access.ts";
import { type ClusterView, isClaimOf } from "./cluster/cluster-view.ts";
import { findCluster } from "./cluster/find-cluster.ts";
import { statefulSetView } from "./cluster/observe.ts";
import { RECORD_ANNOTATION } from "./cluster/scaling-record.ts";
import { SecretFiles } from "./cluster/secret-files.ts";
import { fakeMembers, type Said } from "./cluster/testing/fake-members.ts";
import { clusterObjects, growingObjects, OTHERS_VOLUME, peerURL, RECORD } from "./cluster/testing/objects.ts";
import { Cluster } from "./cluster-session.ts";
import { ERRORS, QuorateError } from "./errors.ts";
import { EtcdError, type Member } from "./etcd/member-client.ts";
import { testCertificates } from "./etcd/testing/test-certificates.ts";
import { type MemoryObjects, memoryClient } from "./kubernetes/testing/memory-client.ts";
import type { ScaleOptions } from "./scaling/options.ts";
import type { Plan } from "./scaling/plan.ts";
import { changesOf, type Path, spoilt } from "./testing/spoil.ts";

const runs = (few: number): number => (process.env.QUORATE_EXPLORE === "full" ? few * 20 : few);
const NAME = "mayastor-etcd";
const style = plainStyle(100);

/** Members that are well. */
const members = [0, 1, 2].map(
	(ordinal): Member => ({
		id: BigInt(101 + ordinal),
		name: `${NAME}-${ordinal}`,
		peerURLs: [peerURL(`${NAME}-${ordinal}`)],
		clientURLs: [],
		isLearner: false,
	}),
);
const saying = (members: readonly Member[]): ReadonlyMap<string, Said> =>
	new Map(members.map(({ id, name }) => [name, { status: { memberId: id }, members }]));
const well = saying(members);
/** At peer URLs that are none. */
const lost = saying(members.map((member) => ({ ...member, peerURLs: [member.name] })));
const silent: ReadonlyMap<string, Said> = new Map();

/** The same steps as openCluster's, with what takes the place of an API server. */
async function open(objects: MemoryObjects, said: ReadonlyMap<string, Said>, name: string | undefined) {
	const client = memoryClient(objects);
	const { namespace } = client;
	const set = statefulSetView(await findCluster(client, namespace, name));
	const found = await findAccess(set, new SecretFiles(client, namespace));
	const dial = async () => {
		throw new EtcdError("Unavailable", "dial", name ?? "", "no tunnel");
	};
	const cluster = new Cluster({ client, namespace, name: set.name, dial, members: fakeMembers(said), found });
	return { cluster, client };
}

/** What came of it; a refusal must be one of the table's, and no defect. */
async function told<T>(doing: () => Promise<T>): Promise<T | QuorateError> {
	try {
		return await doing();
	} catch (error) {
		if (!(error instanceof QuorateError)) throw error;
		expect(Object.keys(ERRORS)).toContain(error.code);
		if (error.code === "Internal") throw error;
		expect(error.message).toMatch(/./);
		return error;
	}
}

async function shown(cluster: Cluster): Promise<void> {
	const view = await cluster.view();
	statusText(view, style, { wide: true });
	JSON.stringify(clusterStatus(view, cluster.server));
}

async function checked(cluster: Cluster, options: Partial<ScaleOptions>): Promise<void> {
	const checks = await cluster.check(options);
	checksText(checks, style, { all: true });
	const { namespace, name } = cluster;
	JSON.stringify(checkReportDocument({ namespace, name, replicas: undefined, strict: true, checks }));
}

/** What is deleted was made for this StatefulSet, whatever the annotation says. */
function expectOwn({ statefulSet: set, storage, volumes }: ClusterView, { steps }: Plan): void {
	for (const { step } of steps) {
		const claim = step.kind === "delete-volume" && volumes.find(({ name }) => name === step.volume)?.claim;
		if (!claim) continue;
		expect(claim.namespace).toBe(set.namespace);
		expect(storage.some(({ template }) => isClaimOf(set, template, claim.name))).toBe(true);
	}
}

/** Whether nothing speaks against it. */
async function planned(cluster: Cluster, options: ScaleOptions): Promise<boolean> {
	const { view, plan, checks } = await cluster.plan(options);
	expectOwn(view, plan);
	planText(plan, view, style);
	JSON.stringify(planDocument(plan, checks, view));
	return !plan.blocked && checks.every(({ status }) => status !== "fail");
}

async function scaled(cluster: Cluster, options: ScaleOptions): Promise<void> {
	for await (const _ of cluster.scale(options));
}

interface Asked {
	/** what the members say */
	readonly said: ReadonlyMap<string, Said>;
	/** the StatefulSet is named, not looked for */
	readonly byName: boolean;
}

/** Status, check, plan and scale of a cluster that is not what it should be: each ends, with a result or a code, and writes nothing. */
async function endsWell(
	objects: MemoryObjects,
	options: ScaleOptions,
	{ said, byName }: Asked = { said: well, byName: true },
): Promise<string> {
	const opened = await told(() => open(objects, said, byName ? NAME : undefined));
	if (opened instanceof QuorateError) return opened.code;
	const { cluster, client } = opened;
	const status = await told(() => shown(cluster));
	await told(() => checked(cluster, options));
	const good = await told(() => planned(cluster, options));
	expect(client.writes).toEqual([]);
	const end = await told(() => scaled(cluster, options));
	// what nothing speaks against gets as far as the lock
	expect(client.writes).toEqual(good === true && end instanceof QuorateError ? ["create leases"] : []);
	if (status instanceof QuorateError) return status.code;
	return good instanceof QuorateError ? good.code : good ? "good" : "refused";
}

const options = fc.record({
	replicas: fc.constantFrom<ScaleOptions["replicas"]>(5, 4, 2, 3, 1, 9, "before"),
	force: fc.boolean(),
	keepVolumes: fc.boolean(),
	snapshot: fc.constantFrom("none", "/nowhere/b.db"),
});

const asked: fc.Arbitrary<Asked> = fc.record({
	said: fc.oneof({ arbitrary: fc.constant(well), weight: 8 }, fc.constantFrom(silent, lost)),
	byName: fc.boolean(),
});

/** Below the object itself: by what it is asked for is the test's. */
const within =
	(...plurals: string[]) =>
	([plural, name, ...rest]: Path): boolean =>
		name !== undefined && rest.length > 0 && (plurals.length === 0 || plurals.includes(String(plural)));

/** What changes much where it is told. */
const WORDS = [
	..."Pending Running Succeeded Failed Released Available Lost Unknown False OnDelete OrderedReady Delete".split(" "),
	..."etcd --initial-cluster --name= /certs/../ca.crt https://[::1 https://$(MY_POD_NAME):1 $HOSTNAME 100%".split(" "),
	..."$(ETCD_NAME)$(ETCD_NAME)$(ETCD_NAME) mayastor-etcd-3 mayastor-etcd-99999999999999999 data-mayastor-etcd-3".split(
		" ",
	),
	OTHERS_VOLUME,
];

const { ca, server } = await testCertificates(["*.mayastor-etcd-headless"]);
const certificates = { "tls.crt": btoa(server.cert), "tls.key": btoa(server.key), "ca.crt": btoa(ca) };
const secure = clusterObjects("bitnami");
Object.assign(secure.secrets.certs.data, certificates);

const KINDS = {
	"the guide's": clusterObjects("guide"),
	"with its flags in a script": clusterObjects("script"),
	"Bitnami's with TLS": secure,
	"half-way to four members": growingObjects(),
};

/** How many ended how. */
function tally() {
	const ends = new Map<string, number>();
	return { ends, count: (end: string) => void ends.set(end, (ends.get(end) ?? 0) + 1) };
}

describe.each(Object.entries(KINDS))("a cluster that is not what it should be: %s", (_, objects) => {
	it("but is where nothing is changed", async () => {
		expect(await endsWell(objects, { replicas: 4, snapshot: "none" })).toMatch(/^(good|refused)$/);
	});

	it.each([
		["in its StatefulSet", ["statefulsets"]],
		["in anything around it", []],
	])("%s", async (_, plurals) => {
		const { ends, count } = tally();
		const changes = changesOf(objects, { where: within(...plurals), words: WORDS });
		const property = fc.asyncProperty(changes, options, asked, async (odd, goal, how) =>
			count(await endsWell(spoilt(objects, odd) as MemoryObjects, goal, how)),
		);
		await fc.assert(property, { numRuns: runs(60) });
		expect(ends.get("Unreachable")).toBeGreaterThan(0);
		expect((ends.get("good") ?? 0) + (ends.get("refused") ?? 0)).toBeGreaterThan(0);
	});
});

/** The guide's cluster with another StatefulSet. */
const withSet = (statefulSet: unknown): MemoryObjects => ({
	...clusterObjects("guide"),
	statefulsets: { [NAME]: statefulSet },
});

function withAnnotation(annotation: string): MemoryObjects {
	const objects = growingObjects();
	Object.assign(objects.statefulsets[NAME].metadata.annotations, { [RECORD_ANNOTATION]: annotation });
	return objects;
}

function withContainers(containers: readonly object[]): MemoryObjects {
	const objects = clusterObjects("guide");
	Object.assign(objects.statefulsets[NAME].spec, { template: { spec: { containers } } });
	return objects;
}

const whole = JSON.stringify(RECORD);
/** No record of a run, half of one, or one with something odd in it. */
const annotation = fc.oneof(
	fc.string({ unit: "binary" }),
	fc.json(),
	fc.nat(whole.length).map((at) => whole.slice(0, at)),
	fc
		.record({ version: fc.constant(1), from: fc.integer(), template: fc.object(), updateStrategy: fc.object() })
		.map((record) => JSON.stringify(record)),
	{
		arbitrary: changesOf(RECORD, { words: WORDS }).map((changes) => JSON.stringify(spoilt(RECORD, changes))),
		weight: 8,
	},
);

// biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's, not JavaScript's
const PIECES = ["$(A)", "${B}", "$C", "x", "=", " ", "\n", '"', "'", "--initial-cluster ", "etcd", ","];

const word = fc.oneof(
	fc.constantFrom(...WORDS, "sh", "-c", "--initial-cluster=a=http://a", "--name", "--auto-tls", "--cert-file"),
	fc.string({ unit: "binary" }),
	fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join("")),
);

const VARIABLES = ["NAME", "INITIAL_CLUSTER", "ON_K8S", "CERT_FILE", "QUOTA_BACKEND_BYTES", "ROOT_PASSWORD_FILE"];
const URLS = ["LISTEN_CLIENT", "ADVERTISE_CLIENT", "LISTEN_PEER", "INITIAL_ADVERTISE_PEER"].map((use) => `${use}_URLS`);

const variable = fc.record({
	name: fc.oneof(
		fc.constantFrom("A", "B", "C"),
		fc.constantFrom(...VARIABLES, ...URLS).map((name) => `ETCD_${name}`),
		word,
	),
	value: word,
});

const container = fc.record(
	{
		name: fc.constantFrom("etcd", "a", ""),
		image: word,
		command: fc.array(word),
		args: fc.array(word),
		env: fc.array(variable),
		ports: fc.array(fc.record({ name: fc.constantFrom("client", "a"), containerPort: fc.nat() })),
	},
	{ requiredKeys: ["name"] },
);

describe("a StatefulSet that is not what it should be", () => {
	it("but anything at all", async () => {
		const property = fc.asyncProperty(fc.jsonValue(), options, asked, async (any, goal, how) => {
			expect(await endsWell(withSet(any), goal, how)).toBe("Unreachable");
		});
		await fc.assert(property, { numRuns: runs(150) });
	});

	it("in its annotation", async () => {
		const { ends, count } = tally();
		const property = fc.asyncProperty(annotation, options, async (text, goal) =>
			count(await endsWell(withAnnotation(text), goal)),
		);
		await fc.assert(property, { numRuns: runs(150) });
		expect(ends.get("Refused")).toBeGreaterThan(0);
	});

	it("in its containers' commands, arguments and variables", async () => {
		const containers = fc.array(container, { minLength: 1, maxLength: 3 });
		const property = fc.asyncProperty(
			containers,
			options,
			async (odd, goal) => void (await endsWell(withContainers(odd), goal)),
		);
		await fc.assert(property, { numRuns: runs(150) });
	});

	it("in its numbers", async () => {
		const { spec, ...rest } = clusterObjects("guide").statefulsets[NAME];
		const number = fc.oneof(fc.nat(7), fc.nat(2 ** 31 - 1), fc.integer(), fc.double());
		const numbers = fc.record({ replicas: number, start: number, partition: number }, { requiredKeys: [] });
		const property = fc.asyncProperty(numbers, options, asked, async ({ replicas, start, partition }, goal, how) => {
			const updateStrategy = { type: "RollingUpdate", rollingUpdate: { partition } };
			await endsWell(withSet({ ...rest, spec: { ...spec, replicas, updateStrategy, ordinals: { start } } }), goal, how);
		});
		await fc.assert(property, { numRuns: runs(80) });
	});
});

describe("what was found so", () => {
	const goal: ScaleOptions = { replicas: 5, snapshot: "none" };
	const changed = (change: object) => {
		const { spec, ...rest } = clusterObjects("guide").statefulsets[NAME];
		return withSet({ ...rest, spec: { ...spec, ...change } });
	};

	it.each([
		["no serviceName, which Kubernetes takes", changed({ serviceName: undefined }), "refused"],
		["a serviceName that can be none's", changed({ serviceName: ".." }), "refused"],
		["replicas that are no number", changed({ replicas: "3" }), "Unreachable"],
		["a container that is null", changed({ template: { spec: { containers: [null] } } }), "Unreachable"],
		["a note that is a number", withAnnotation("7"), "Refused"],
		["a note of a billion members", withAnnotation(JSON.stringify({ ...RECORD, from: 1e9 })), "Refused"],
		["a note without a template", withAnnotation(JSON.stringify({ ...RECORD, template: { spec: null } })), "Refused"],
	])("%s", async (_, objects, end) => {
		expect(await endsWell(objects, goal)).toBe(end);
		expect(await endsWell(objects, { ...goal, replicas: "before" })).toBe(end);
	});

	it("two billion replicas, and nobody who answers", async () => {
		expect(await endsWell(changed({ replicas: 2 ** 31 - 1 }), goal, { said: silent, byName: true })).toBe("refused");
	});

	it("peer URLs that are none, where certificates must cover them", async () => {
		expect(await endsWell(secure, goal, { said: lost, byName: true })).toBe("refused");
	});

	it("a note that names another's volume", async () => {
		const note = withAnnotation(JSON.stringify({ ...RECORD, volumes: [OTHERS_VOLUME] }));
		expect(await endsWell(note, { replicas: "before", snapshot: "none" })).not.toBe("Refused");
	});
});
