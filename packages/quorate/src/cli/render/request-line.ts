/** A request as kubectl -v 6 tells it, in klog's form. */
export function requestLine(
	{ method, path, status, ms }: { method: string; path: string; status: number | undefined; ms: number },
	now = new Date(),
): string {
	const two = (value: number) => String(value).padStart(2, "0");
	const date = `${two(now.getMonth() + 1)}${two(now.getDate())}`;
	const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}.${String(now.getMilliseconds()).padStart(3, "0")}000`;
	const pid = String(process.pid).padStart(7);
	return `I${date} ${time} ${pid} request.ts] ${method} ${path} ${status ?? "no answer"} in ${Math.round(ms)} milliseconds`;
}
