import { findEtcd } from "quorate-lab";

/**
 * Can the lab run these minor versions? A distribution may have an older etcd only, and the releases be out of reach: what needs
 * more is then skipped, and that is said in a line.
 */
export async function etcdAtHand(who: string, ...versions: readonly string[]): Promise<boolean> {
	for (const version of versions) {
		try {
			await findEtcd({ version });
		} catch {
			process.stderr.write(
				`${who} is SKIPPED: no etcd ${version} can be had; QUORATE_ETCD names a folder that has it\n`,
			);
			return false;
		}
	}
	return true;
}
