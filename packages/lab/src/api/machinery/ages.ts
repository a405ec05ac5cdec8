const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A time span as kubectl prints ages: `5s`, `3m12s`, `47m`, `5h3m`, `2d4h`, `2y`. */
export function humanDuration(milliseconds: number): string {
	const seconds = Math.floor(milliseconds / SECOND);
	if (seconds < -1) return "<invalid>";
	if (seconds < 0) return "0s";
	if (seconds < 120) return `${seconds}s`;
	const minutes = Math.floor(milliseconds / MINUTE);
	if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
	if (minutes < 180) return `${minutes}m`;
	const hours = Math.floor(milliseconds / HOUR);
	if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
	if (hours < 48) return `${hours}h`;
	const days = Math.floor(milliseconds / DAY);
	if (hours < 192) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
	if (days < 365 * 2) return `${days}d`;
	const years = Math.floor(days / 365);
	if (days < 365 * 8 && days % 365 !== 0) return `${years}y${days % 365}d`;
	return `${years}y`;
}

/** The age column: how long ago `time` (RFC 3339) was. */
export function age(time: string | undefined, now: number): string {
	const then = time === undefined ? Number.NaN : Date.parse(time);
	return Number.isNaN(then) ? "<unknown>" : humanDuration(now - then);
}
