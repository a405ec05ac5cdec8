/** A duration as Go prints it: 10s, 1m20s, 5m0s, 1.25s, 15ms. */
export function goDuration(milliseconds: number): string {
	if (milliseconds < 1000) return `${Math.round(milliseconds)}ms`;
	const seconds = milliseconds / 1000;
	if (seconds < 60) return `${Number(seconds.toFixed(3))}s`;
	const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
	const rest = Number((seconds % 60).toFixed(3));
	return `${hours > 0 ? `${hours}h` : ""}${minutes}m${rest}s`;
}
