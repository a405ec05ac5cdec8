/** A line in the container's log, in the form that the image's users know. */
export function log(level: "INFO" | "WARN" | "ERROR", message: string): void {
	const time = new Date().toISOString().slice(11, 22);
	process.stderr.write(`etcd ${time} ${level.padEnd(5)} ==> ${message}\n`);
}
