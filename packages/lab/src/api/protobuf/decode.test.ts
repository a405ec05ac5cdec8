import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../api-error.ts";
import { goName, SCHEMAS } from "../schema/schemas.ts";
import { decodeProtobuf } from "./decode.ts";
import { FIELD_NUMBERS } from "./field-numbers.ts";

const bytes = (number: number, value: string | Buffer): Buffer => {
	const content = Buffer.from(value);
	return Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
};
const varint = (number: number, value: number) => Buffer.from([number << 3, value]);
const envelope = (apiVersion: string, kind: string, ...raw: Buffer[]) =>
	Buffer.concat([
		Buffer.from("k8s\0"),
		bytes(1, Buffer.concat([bytes(1, apiVersion), bytes(2, kind)])),
		bytes(2, Buffer.concat(raw)),
	]);

describe("protobuf bodies", () => {
	it("become the JSON that they stand for", () => {
		const metadata = Buffer.concat([bytes(1, "x"), bytes(2, ""), bytes(3, "default"), varint(7, 0), bytes(8, "")]);
		const data = Buffer.concat([bytes(1, "key"), bytes(2, "value")]);
		const body = envelope("v1", "ConfigMap", bytes(1, metadata), bytes(2, data));
		expect(decodeProtobuf(body)).toEqual({
			apiVersion: "v1",
			kind: "ConfigMap",
			metadata: { name: "x", namespace: "default" },
			data: { key: "value" },
		});
	});

	it("keep the zero that a pointer says", () => {
		const options = bytes(2, varint(1, 0));
		const body = envelope("policy/v1", "Eviction", bytes(1, bytes(1, "pod-0")), options);
		expect(decodeProtobuf(body)).toMatchObject({
			metadata: { name: "pod-0" },
			deleteOptions: { gracePeriodSeconds: 0 },
		});
	});

	it("know only fields that the types have", () => {
		for (const [type, fields] of FIELD_NUMBERS) {
			for (const { name } of fields.values()) expect(SCHEMAS[type], `${goName(type)}.${name}`).toHaveProperty([name]);
		}
	});

	it("of other kinds are refused with a 415, and anything else with an API error", () => {
		expect(() => decodeProtobuf(envelope("v1", "Pod"))).toThrow(expect.objectContaining({ code: 415 }));
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (noise, wrapped) => {
				const body = wrapped ? envelope("v1", "Service", Buffer.from(noise)) : Buffer.from(noise);
				try {
					decodeProtobuf(body);
				} catch (error) {
					expect(error).toBeInstanceOf(ApiError);
				}
			}),
		);
	});
});
