const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?([eE][+-]?\d{1,3}|[KMGTPE]i|[numkMGTPE]?)$/;

export const QUANTITY_MESSAGE =
	"quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

export interface Quantity {
	/** in billionths: quantities are exact to that, rounded up */
	nano: bigint;
	format: "BinarySI" | "DecimalSI" | "DecimalExponent";
}

/** Reads `500m`, `2Gi`, `1e3`, `1.5`; undefined where it is not a quantity. */
export function parseQuantity(text: string | number): Quantity | undefined {
	const match = SHAPE.exec(String(text));
	const [, sign, whole = "", fraction = "", suffix = ""] = match ?? [];
	if (!match || (whole === "" && fraction === "") || whole.length + fraction.length > 60) return undefined;
	let numerator = BigInt(whole + fraction);
	let denominator = 10n ** BigInt(fraction.length);
	let format: Quantity["format"] = "DecimalSI";
	if (suffix.endsWith("i")) {
		format = "BinarySI";
		numerator *= 1024n ** BigInt(BINARY.indexOf(suffix));
	} else if (/^[eE]./.test(suffix)) {
		format = "DecimalExponent";
		const exponent = Number(suffix.slice(1));
		if (exponent >= 0) numerator *= 10n ** BigInt(exponent);
		else denominator *= 10n ** BigInt(-exponent);
	} else {
		const power = DECIMAL.indexOf(suffix) - 3;
		if (power >= 0) numerator *= 1000n ** BigInt(power);
		else denominator *= 1000n ** BigInt(-power);
	}
	numerator *= 1_000_000_000n;
	const up = numerator % denominator === 0n ? 0n : 1n;
	const nano = numerator / denominator + up;
	return { nano: sign === "-" ? -nano : nano, format };
}

/** The form in which the API server hands quantities out: `1024Mi` is `1Gi`, `0.5` is `500m`. */
export function canonicalQuantity({ nano, format }: Quantity): string {
	if (nano === 0n) return "0";
	const sign = nano < 0n ? "-" : "";
	let value = nano < 0n ? -nano : nano;
	const unit = 1_000_000_000n;
	if (format === "BinarySI" && value > 1023n * unit) {
		value = (value + unit - 1n) / unit;
		let power = 0;
		for (; power < BINARY.length - 1 && value % 1024n === 0n; power++) value /= 1024n;
		return `${sign}${value}${BINARY[power]}`;
	}
	let power = 0;
	for (; power < DECIMAL.length - 1 && value % 1000n === 0n; power++) value /= 1000n;
	if (format !== "DecimalExponent") return `${sign}${value}${DECIMAL[power]}`;
	return power === 3 ? `${sign}${value}` : `${sign}${value}e${(power - 3) * 3}`;
}

/** Below zero, zero or above it, as `a` is less than, equal to or more than `b`. What is no quantity counts as zero. */
export function compareQuantities(a: string | number | undefined, b: string | number | undefined): number {
	const difference = (parseQuantity(a ?? 0)?.nano ?? 0n) - (parseQuantity(b ?? 0)?.nano ?? 0n);
	return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
