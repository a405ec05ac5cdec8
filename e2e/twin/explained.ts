/** Why something differs, and is to stay so. Each part that is there must match. */
export interface Explanation {
	/** the command */
	operation?: RegExp;
	/** `exit code`, `stdout`, `stderr`, or the path of a member of an object */
	at?: RegExp;
	lab?: RegExp;
	real?: RegExp;
	/** what differs, in a few words */
	what: string;
	/** why it is to stay so */
	reason: string;
}

/** All differences that are to stay. One that is no longer seen has to go from here. */
export const EXPLAINED: readonly Explanation[] = [];
