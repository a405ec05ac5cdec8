import type { Image, ImageFamily, ImageFile, ImageReference } from "./image.ts";
import { formatReference, imageId } from "./reference.ts";

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Not as an argument: the old way to write tar's options (`tar xf -`) is understood in the first place only. */
const TAR = '#!/bin/sh\nexport TAR_OPTIONS=--no-same-owner\nPATH=/usr/bin:/bin\nexec tar "$@"\n';

/**
 * The lab's machine has one user, so giving a file to another fails with "Invalid argument". Init containers that give a volume to
 * the image's user, and tar unpacking what `kubectl cp` sends, must not stumble over that.
 */
const ONE_USER: ImageFile[] = [
	{ path: "/usr/local/sbin/chown", content: "#!/bin/sh\nexit 0\n", mode: 0o755 },
	{ path: "/usr/local/sbin/chgrp", content: "#!/bin/sh\nexit 0\n", mode: 0o755 },
	{ path: "/usr/local/sbin/tar", content: TAR, mode: 0o755 },
];

/** An image of the host's programs alone, which others add to. */
export function userlandImage(reference: ImageReference, contents: string): Image {
	return {
		reference: formatReference(reference),
		id: imageId(reference, contents),
		entrypoint: [],
		command: ["sh"],
		size: 0,
		environment: { PATH: DEFAULT_PATH },
		workingDirectory: "/",
		mounts: [],
		files: ONE_USER,
	};
}

const NAMES = ["alpine", "alpine-bash", "bash", "bitnami-shell", "busybox", "debian", "os-shell", "ubuntu"];

/** `busybox`, `debian:12`, `bitnami/os-shell` …: whatever the tag, the programs of this machine. */
export const userland: ImageFamily = {
	example: "busybox, alpine, debian, ubuntu, os-shell (this machine's own programs)",
	async resolve(reference) {
		const name = reference.repository.split("/").at(-1) ?? "";
		return NAMES.includes(name) ? userlandImage(reference, "userland") : undefined;
	},
};
