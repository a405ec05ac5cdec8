import type { ImageFile } from "../image.ts";
import type { Generation } from "./tag.ts";

const FOLDER = "/opt/bitnami/scripts/etcd";
export const ENTRYPOINT = `${FOLDER}/entrypoint.sh`;
export const RUN = `${FOLDER}/run.sh`;

/** Where the lab puts its own Node.js and the program that the scripts are made of. */
export const NODE = "/usr/local/lib/quorate-lab/node";
export const PROGRAM = "/usr/local/lib/quorate-lab/bitnami.mjs";

/**
 * The scripts of the image, by the names that charts, probes and people call them. What needs no thinking is shell, so that no Node.js
 * stays in a pod: it runs while the pod prepares itself, and the container then becomes etcd.
 *
 * @param note for the beginning of the pod's log
 */
export function scripts(generation: Generation, note: string | undefined): ImageFile[] {
	const task = (name: string) => `exec ${NODE} --max-semi-space-size=1 ${PROGRAM} ${name}`;
	const say = note === undefined ? [] : [`echo ${quote(`lab: ${note}`)}`];
	const common = {
		entrypoint: ["set -e", ...say, `if [ "$1" = ${RUN} ]; then ${FOLDER}/setup.sh; fi`, 'exec "$@"'],
		setup: [task(`setup-${generation}`)],
		run: [
			'members="$ETCD_DATA_DIR/new_member_envs"',
			'if [ -f "$members" ]; then set -a; . "$members"; set +a; fi',
			'exec /opt/bitnami/etcd/bin/etcd "$@"',
		],
		healthcheck: ['exec etcdctl endpoint health --endpoints "$(echo "$ETCD_ADVERTISE_CLIENT_URLS" | cut -d, -f1)"'],
		snapshot: [task("snapshot")],
	};
	const own = generation === "old" ? { prestop: [task("prestop")] } : { preupgrade: [task("preupgrade")] };
	return Object.entries({ ...common, ...own }).map(([name, lines]) => ({
		path: `${FOLDER}/${name}.sh`,
		content: ["#!/bin/sh", ...lines, ""].join("\n"),
		mode: 0o755,
	}));
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
