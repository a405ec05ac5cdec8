import { etcdImage } from "../images/etcd-image.ts";

/** Which of Bitnami's charts has rendered Mayastor's etcd, and for which image. */
export interface Chart {
	version: "8.6.0" | "12.0.14";
	image: string;
	/** etcd is started by itself, without the image's own scripts */
	plain: boolean;
}

/** Mayastor 2.0–2.9 came with chart 8.6.0, which plain etcd is dressed in too; 2.10 and later with 12.0. */
export function chartFor(image: string): Chart {
	const kind = etcdImage(image)?.kind ?? "plain";
	return { version: kind === "bitnami-new" ? "12.0.14" : "8.6.0", image, plain: kind === "plain" };
}
