/** A container image, as far as the lab needs one: what it brings beside the host's own programs, and what it runs. */
export interface Image {
	/** normalised name, as container runtimes show it in a status: `docker.io/library/etcd:3.5.9` */
	reference: string;
	/** `docker.io/library/etcd@sha256:…` */
	id: string;
	/** what a container's `command` replaces */
	entrypoint: string[];
	/** what a container's `args` replace; not used where the container has a `command` */
	command: string[];
	/** bytes that it takes on its node */
	size: number;
	environment: Record<string, string>;
	workingDirectory: string;
	/** files and folders of this machine, laid over the root file system read-only unless said otherwise */
	mounts: ImageMount[];
	/** small files that the image brings; written once for each container */
	files: ImageFile[];
}

export interface ImageMount {
	/** absolute path on this machine */
	source: string;
	/** absolute path in the container */
	target: string;
	/** @default true */
	readOnly?: boolean;
}

export interface ImageFile {
	/** absolute path in the container */
	path: string;
	content: string;
	/** permission bits @default 0o644 */
	mode?: number;
}

/** A kind of image that the lab knows to run; each in a file of its own. */
export interface ImageFamily {
	/** for the list that an unknown image's error gives: "etcd:<version>" */
	example: string;
	/** The image, "not mine" (undefined), or why there is no such image. */
	resolve(reference: ImageReference, tools: ImageTools): Promise<Image | { notFound: string } | undefined>;
}

/** What families need to make images. */
export interface ImageTools {
	/**
	 * The etcd of that version, as a folder that holds `etcd` and `etcdctl`; `version` may be partial or "latest". With `nearest`,
	 * where that one cannot be had: of the same minor version the nearest at hand.
	 */
	findEtcd(version: string, options?: { nearest?: boolean }): Promise<{ folder: string; version: string } | undefined>;
}

/** An image name, taken apart. */
export interface ImageReference {
	/** `docker.io` where the name has none */
	registry: string;
	/** with `library/` on docker.io where the name has no organisation */
	repository: string;
	tag: string;
	digest: string | undefined;
}
