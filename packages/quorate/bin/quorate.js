#!/usr/bin/env node
// npm links a command only if its file exists at install time, and the bundle is built after that.
import { existsSync } from "node:fs";

const bundle = new URL("../dist/quorate.js", import.meta.url);
if (existsSync(bundle)) {
	await import(bundle.href);
} else {
	console.error("error: quorate is not built yet: run `npm run build` in its clone");
	process.exitCode = 1;
}
