import { dirname } from "node:path";
import { word } from "../../shell-word.ts";

/** Why a file cannot be written. */
export interface FileTrouble {
	/** the system's own code: "ENOENT" */
	readonly code: string;
	/** in words, with the folder or file that it is about */
	readonly message: string;
	/** what to do */
	readonly hint: string;
}

/** In words, where the system refuses to write a file; undefined: it is something else that went wrong. */
export function fileTrouble(code: string, file: string): FileTrouble | undefined {
	const folder = dirname(file);
	const found: Readonly<Record<string, [message: string, hint: string]>> = {
		ENOENT: [`folder ${folder} does not exist`, `make it: mkdir -p ${word(folder)}`],
		ENOTDIR: [`${folder} is not a folder`, "name a file in a folder"],
		EACCES: [`this user may not write to ${folder}`, "name a file in a folder that this user may write to"],
		EPERM: [`this user may not write to ${folder}`, "name a file in a folder that this user may write to"],
		EROFS: [`${folder} is on a read-only file system`, "name a file on another file system"],
		ENOSPC: [`no space is left in ${folder}`, "free space there, or name a file on another disk"],
		EDQUOT: [`this user's quota in ${folder} is used up`, "free space there, or name a file on another disk"],
		EFBIG: [`${folder} takes no file of that size`, "name a file on another file system"],
		ENAMETOOLONG: ["the name of the file is too long", "choose a shorter name"],
		EEXIST: [`there is a file ${file} already, which is never overwritten`, "choose another name"],
	};
	const [message, hint] = found[code] ?? [];
	return message && hint ? { code, message, hint } : undefined;
}
