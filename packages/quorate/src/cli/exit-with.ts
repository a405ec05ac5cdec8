/** Ends the command with that exit code: what there is to say is printed already. */
export class ExitWith extends Error {
	readonly exitCode: number;

	constructor(exitCode: number) {
		super(`exit code ${exitCode}`);
		this.name = "ExitWith";
		this.exitCode = exitCode;
	}
}
