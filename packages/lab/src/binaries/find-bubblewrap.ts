import { type FindProgramOptions, type FoundProgram, findProgram } from "./find-program.ts";

/** bubblewrap, which makes a pod's files: QUORATE_BWRAP, PATH, the cache, the distribution. */
export function findBubblewrap(options: FindProgramOptions = {}): Promise<FoundProgram> {
	return findProgram(
		{
			name: "bwrap",
			variable: "QUORATE_BWRAP",
			package: "bubblewrap",
			hint: "install the package bubblewrap (apt, dnf, pacman, apk and zypper all have it), or name the program with QUORATE_BWRAP",
		},
		options,
	);
}
