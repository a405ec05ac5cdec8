/** What a long operation tells while it runs. */
export type Progress =
	/** the next thing being done, in the -ing form: "starting three members" */
	| { type: "step"; message: string }
	/** bytes so far; `total` is undefined where the server does not say */
	| { type: "download"; what: string; url: string; received: number; total: number | undefined };

/** The last options of everything that takes time. */
export interface Running {
	/** Stops the operation; it then rejects with the signal's reason. */
	signal?: AbortSignal;
	onProgress?: (progress: Progress) => void;
}
