/** How far something that takes its time has come. */
export interface Progress {
	done: number;
	/** absent where it cannot be known */
	total?: number;
	unit: "bytes" | "keys";
}
