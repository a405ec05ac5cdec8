import { connect } from "node:http2";

const SERVING = 1;
const NAMES = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

/** Asks grpc.health.v1.Health/Check; throws the kubelet's words unless the answer is SERVING. */
export async function grpcHealth(address: string, port: number, service: string, timeout: number): Promise<void> {
	const target = `${address}:${port}`;
	const session = connect(`http://${target}`);
	const status = await new Promise<number>((resolve, reject) => {
		const late = setTimeout(() => {
			reject(
				new Error(
					`timeout: failed to connect service "${target}" within ${timeout / 1000}s: context deadline exceeded`,
				),
			);
		}, timeout);
		session.on("error", () => {});
		session.on("close", () => clearTimeout(late));
		const stream = session.request({
			":method": "POST",
			":path": "/grpc.health.v1.Health/Check",
			"content-type": "application/grpc",
			te: "trailers",
			"user-agent": "kube-probe/1.34",
		});
		const chunks: Buffer[] = [];
		let code = "0";
		let message = "";
		const trailers = (headers: Record<string, unknown>) => {
			code = String(headers["grpc-status"] ?? code);
			message = String(headers["grpc-message"] ?? message);
		};
		stream.on("response", trailers);
		stream.on("trailers", trailers);
		stream.on("data", (chunk: Buffer) => chunks.push(chunk));
		stream.on("error", () => {
			reject(
				new Error(
					`timeout: failed to connect service "${target}" within ${timeout / 1000}s: context deadline exceeded`,
				),
			);
		});
		stream.on("end", () => {
			if (code === "12")
				reject(
					new Error(`server doesn't implement the grpc health protocol (grpc.health.v1.Health): error: ${message}`),
				);
			else if (code !== "0") reject(new Error(`rpc error: code = ${code} desc = ${message}`));
			else resolve(healthStatus(Buffer.concat(chunks)));
		});
		stream.end(frame(Buffer.from(service, "utf8")));
	}).finally(() => session.destroy());
	if (status !== SERVING) throw new Error(`service unhealthy (responded with "${NAMES[status] ?? status}")`);
}

/** HealthCheckRequest { string service = 1 } behind gRPC's five bytes: not compressed, and the length. */
function frame(service: Buffer): Buffer {
	const message =
		service.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, service.length]), service]);
	const head = Buffer.alloc(5);
	head.writeUInt32BE(message.length, 1);
	return Buffer.concat([head, message]);
}

/** HealthCheckResponse { ServingStatus status = 1 }: absent is UNKNOWN. */
const healthStatus = (answer: Buffer): number => (answer[5] === 0x08 ? (answer[6] ?? 0) : 0);
