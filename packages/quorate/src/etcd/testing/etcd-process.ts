import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectMember } from "../connect.ts";
import type { MemberClient, MemberClientOptions } from "../member-client.ts";
import type { EtcdBinary } from "./etcd-binaries.ts";

const START_TIMEOUT_MS = 30_000;

/** A server process on loopback, with its data in a temporary folder. */
export interface EtcdProcess {
	name: string;
	clientPort: number;
	peerURL: string;
	client: MemberClient;
	/** undefined before it has been started */
	process: ChildProcess | undefined;
	/** Begins the process with `--initial-cluster` as given; does not wait for it to serve. */
	start(initialCluster: string, state: "new" | "existing"): void;
	/** SIGKILL, waited for. */
	kill(): Promise<void>;
	/** what it wrote to stderr, the last part */
	log(): string;
}

export interface TestCluster {
	binary: EtcdBinary;
	members: readonly EtcdProcess[];
	/** The first member. */
	first: EtcdProcess;
	client: MemberClient;
	/** Adds one more as a learner and starts it; done when it answers. Its id too. */
	addLearner(): Promise<EtcdProcess & { id: bigint }>;
	/** Kills a member and starts it on its data; done when it answers. */
	restart(member: EtcdProcess): Promise<void>;
	/** Another client for a member, with other options. */
	connect(member: EtcdProcess, options?: Partial<MemberClientOptions>): MemberClient;
	stop(): Promise<void>;
}

export interface TestClusterOptions {
	/** @default 1 */
	members?: number;
	/** more flags for every member */
	args?: readonly string[];
	/** "https" with the flags for it in `args` @default "http" */
	scheme?: "http" | "https";
	/** for the members' own clients */
	client?: Partial<MemberClientOptions>;
}

/** Below the ports that the kernel gives to outgoing connections: of those, one may be taken again before etcd listens on it. */
async function freePort(): Promise<number> {
	for (;;) {
		const port = 10_240 + Math.floor(Math.random() * 20_000);
		const server = createServer().listen(port, "127.0.0.1");
		const free = await once(server, "listening").catch(() => false);
		server.close();
		if (free) return port;
	}
}

/** Dials a port on loopback. */
export function dialer(port: number): MemberClientOptions["dial"] {
	return async () => {
		const socket = connect({ port, host: "127.0.0.1" });
		await once(socket, "connect");
		return socket;
	};
}

async function newProcess(
	name: string,
	folder: string,
	binary: EtcdBinary,
	{ args = [], scheme = "http", client = {} }: TestClusterOptions,
): Promise<EtcdProcess> {
	const [clientPort, peerPort] = [await freePort(), await freePort()];
	const peerURL = `http://127.0.0.1:${peerPort}`;
	const clientURL = `${scheme}://127.0.0.1:${clientPort}`;
	let log = "";
	const self: EtcdProcess = {
		name,
		clientPort,
		peerURL,
		client: connectMember({ dial: dialer(clientPort), name, ...client }),
		process: undefined,
		start(initialCluster, state) {
			const flags = {
				name,
				"data-dir": join(folder, name),
				"listen-client-urls": clientURL,
				"advertise-client-urls": clientURL,
				"listen-peer-urls": peerURL,
				"initial-advertise-peer-urls": peerURL,
				"initial-cluster": initialCluster,
				"initial-cluster-state": state,
				logger: "zap",
			};
			const words = [...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`), ...args];
			const child = spawn(binary.path, words, { stdio: ["ignore", "ignore", "pipe"], env: {} });
			child.stderr.on("data", (chunk: Buffer) => {
				log = (log + chunk.toString()).slice(-20_000);
			});
			self.process = child;
		},
		async kill() {
			const child = self.process;
			if (child && child.exitCode === null && child.signalCode === null) {
				child.kill("SIGKILL");
				await once(child, "exit");
			}
		},
		log: () => log,
	};
	return self;
}

async function untilServing(member: EtcdProcess, ready: () => Promise<boolean>): Promise<void> {
	const limit = Date.now() + START_TIMEOUT_MS;
	for (;;) {
		if (await ready().catch(() => false)) {
			return;
		}
		const child = member.process;
		if (child?.exitCode !== null || Date.now() > limit) {
			throw new Error(`${member.name} does not serve (exit code ${child?.exitCode}):\n${member.log()}`);
		}
		await sleep(50);
	}
}

/** A cluster of real servers on free ports of loopback. Call `stop()` at the end. */
export async function startEtcd(binary: EtcdBinary, options: TestClusterOptions = {}): Promise<TestCluster> {
	const folder = await mkdtemp(join(tmpdir(), "quorate-etcd-"));
	const members: EtcdProcess[] = [];
	const extraClients: MemberClient[] = [];
	const initialCluster = () => members.map((m) => `${m.name}=${m.peerURL}`).join(",");
	const add = async () => {
		const member = await newProcess(`m${members.length}`, folder, binary, options);
		members.push(member);
		return member;
	};
	const stop = async () => {
		for (const client of [...members.map((m) => m.client), ...extraClients]) {
			client.close();
		}
		await Promise.all(members.map((m) => m.kill()));
		await rm(folder, { recursive: true, force: true });
	};
	try {
		const first = await add();
		for (let i = 1; i < (options.members ?? 1); i++) {
			await add();
		}
		for (const member of members) {
			member.start(initialCluster(), "new");
		}
		for (const member of members) {
			await untilServing(member, async () => (await member.client.status()).leader !== 0n);
		}
		return {
			binary,
			members,
			first,
			client: first.client,
			async addLearner() {
				const member = await add();
				let id = 0n;
				// Refused until the members have been connected for some seconds.
				await untilServing(first, async () => {
					id = (await first.client.memberAdd([member.peerURL], true)).id;
					return true;
				});
				member.start(initialCluster(), "existing");
				await untilServing(member, async () => (await member.client.status()).isLearner);
				return { ...member, id };
			},
			async restart(member) {
				await member.kill();
				member.start(initialCluster(), "existing");
				await untilServing(member, async () => (await member.client.status()).leader !== 0n);
			},
			connect(member, more) {
				const client = connectMember({
					dial: dialer(member.clientPort),
					name: member.name,
					...options.client,
					...more,
				});
				extraClients.push(client);
				return client;
			},
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}
