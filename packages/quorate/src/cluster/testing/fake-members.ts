import { type Alarm, EtcdError, type Member, type MemberStatus } from "../../etcd/member-client.ts";
import { statusOf } from "../../scaling/testing/views.ts";
import type { MemberConnections } from "../member-connections.ts";

/** What one pod's etcd says; what is left out it does not answer. */
export interface Said {
	readonly status?: Partial<MemberStatus>;
	readonly members?: readonly Member[];
	readonly alarms?: readonly Alarm[];
}

/** Members that say this, by pod. */
export function fakeMembers(said: ReadonlyMap<string, Said>): MemberConnections {
	const to = ({ name }: { name: string }) => {
		const { status, members, alarms = [] } = said.get(name) ?? {};
		const unless = <T>(call: string, answer: T | undefined): Promise<T> =>
			answer === undefined
				? Promise.reject(new EtcdError("Unavailable", call, name, "it does not answer"))
				: Promise.resolve(answer);
		const revision = status?.revision ?? 0n;
		return {
			status: () => unless("Status", status && { ...statusOf(0n), ...status }),
			memberList: () => unless("MemberList", members && { clusterId: status?.clusterId ?? 0n, memberId: 0n, members }),
			alarmList: () => unless("AlarmList", alarms),
			hashKV: () => unless("HashKV", status && { memberId: 0n, hash: 1, compactRevision: 0n, revision }),
			range: () => unless("Range", status && { revision, kvs: [], more: false, count: 0n }),
			userRoles: () => unless("UserGet", status && ["root"]),
			close() {},
		};
	};
	return { to, anonymous: to, close() {} } as unknown as MemberConnections;
}
