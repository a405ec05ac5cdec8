const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** As Kubernetes writes sizes: powers of 1024, two digits at least. */
export function formatBytes(bytes: number | bigint): string {
	let value = Number(bytes);
	let unit = 0;
	for (; value >= 1023.5 && unit < UNITS.length - 1; unit++) value /= 1024;
	return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** 0.4s, 12s, 3m05s, 1h02m */
export function formatDuration(milliseconds: number): string {
	const seconds = milliseconds / 1000;
	if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole}s`;
	const two = (n: number) => String(n).padStart(2, "0");
	if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
	return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
}

/** As kubectl prints the age of an object: 45s, 12m, 3h, 8d. */
export function formatAge(since: string, now = Date.now()): string {
	const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
	if (Number.isNaN(seconds)) return "unknown";
	if (seconds < 120) return `${seconds}s`;
	if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)}m`;
	if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)}h`;
	return `${Math.floor(seconds / 86_400)}d`;
}

/** 12,345 */
export const formatCount = (count: number | bigint): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

export const plural = (count: number, one: string, many = `${one}s`): string =>
	`${formatCount(count)} ${count === 1 ? one : many}`;

/** Member and cluster ids as etcdctl prints them. */
export const hexId = (id: bigint): string => id.toString(16);
