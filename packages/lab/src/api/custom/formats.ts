import { isIP, isIPv4, isIPv6 } from "node:net";

const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})?$/;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const HOST = /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*$/;
const DURATION =
	/^-?(\d+(\.\d*)?|\.\d+)\s*(ns|us|µs|ms|[smhdw]|[a-z]+)(\s*(\d+(\.\d*)?|\.\d+)\s*(ns|us|µs|ms|[smhdw]))*$/;

const isDate = (text: string) => !Number.isNaN(Date.parse(text));

function isCidr(text: string): boolean {
	const [address = "", bits = "", ...more] = text.split("/");
	const family = isIP(address);
	return family > 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** Formats of strings that the API server checks; it takes any other for a comment. */
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
	"date-time": (text) => DATE_TIME.test(text) && isDate(text.replace(" ", "T")),
	date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isDate(text),
	duration: (text) => text === "0" || DURATION.test(text),
	ipv4: isIPv4,
	ipv6: isIPv6,
	ip: (text) => isIP(text) > 0,
	cidr: isCidr,
	uuid: (text) => UUID.test(text),
	hostname: (text) => text.length <= 255 && HOST.test(text),
	email: (text) => /^[^\s@<>]+@[^\s@<>]+$/.test(text),
	uri: (text) => URL.canParse(text),
	byte: (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
	mac: (text) => /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text),
};

export function hasFormat(text: string, format: string): boolean {
	const check = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
	return check === undefined || check(text);
}
