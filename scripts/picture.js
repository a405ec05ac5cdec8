// Draws what `npm run demo` prints as docs/images/demo.svg. Nothing in it is written by hand.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";

const LINE = 19;
const CHARACTER = 8.05;
const MARGIN = 18;

const run = spawnSync("sh", ["-c", "node e2e/dist/demo.js 2>&1"], {
	encoding: "utf8",
	env: { ...process.env, LANG: "C.UTF-8" },
});
if (run.status !== 0) throw new Error(`the demo failed:\n${run.stdout}`);
const plan = run.stdout.indexOf("\nPlan: ");
const first = run.stdout.slice(0, run.stdout.indexOf("\n\n"));
// the steps stand above already
const rest = run.stdout.slice(plan).replace(/\nSteps\n( {4}.*\n)+/, "\n");
const lines = `$ npm run demo\n${first}\n${rest}`
	.trimEnd()
	.split("\n")
	.map((line) => cut(line, 132));

const colour = (line) => {
	if (line.startsWith("$")) return "#e6edf3";
	if (line.startsWith("√")) return "#7ee787";
	if (/^(Members|Writes|Proof|Restarts|Steps|Plan)/.test(line)) return "#79c0ff";
	return "#b1bac4";
};
const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * CHARACTER + 2 * MARGIN);
const height = lines.length * LINE + 2 * MARGIN;
const text = lines
	.map(
		(line, i) =>
			`<text x="${MARGIN}" y="${MARGIN + (i + 1) * LINE - 5}" fill="${colour(line)}">${escapeText(line)}</text>`,
	)
	.join("\n");
mkdirSync("docs/images", { recursive: true });
writeFileSync(
	"docs/images/demo.svg",
	`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="A run of npm run demo">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" xml:space="preserve">
${text}
</g>
</svg>
`,
);

function cut(line, most) {
	return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

function escapeText(line) {
	return line.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);
}
