const AGE = /^(\d+[ywdhms])+$/;

/** The cells of a table that kubectl printed, without ages: they are of the moment. */
export const cells = (table: string): string[][] =>
	table
		.trimEnd()
		.split("\n")
		.map((line) =>
			line
				.trimEnd()
				.split(/ {2,}/)
				.map((cell) => (AGE.test(cell) ? "AGE" : cell)),
		);
