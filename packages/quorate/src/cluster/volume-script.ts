import type { VolumeReport } from "./cluster-view.ts";
import { HEAD_BYTES, readOwner } from "./data-owner.ts";

/** Where the pod has the volume. */
export const FOLDER = "/volume";

/**
 * Runs in the image of etcd, with `sh`, `find` and `od`. Arguments: the task; whether a log must be there (`log`) or may be missing
 * (`any`); a mark that each log must hold, or `-`; marks that no log may hold. What it finds and does, it writes to the pod's termination message.
 * All other files go before the logs, so that one that is interrupted still knows whose data it is.
 */
export const SCRIPT = `
task=$1; need=$2; mark=$3; shift 3
say() { echo "$1" >> /dev/termination-log; }
refuse() { say "refused=$1"; exit 0; }
cd ${FOLDER} || exit 1
for tool in find od tr sort; do
  command -v $tool > /dev/null 2>&1 || refuse "the image has no $tool"
done
heads=$(find . -type f -name '*.wal' | while IFS= read -r file; do
  hex=$(od -An -v -tx1 -N${HEAD_BYTES} "$file" | tr -d ' \\n')
  echo "\${hex:-unreadable}"
done | sort -u)
told=0
for head in $heads; do
  told=$((told + 1))
  [ $told -gt 8 ] || say "log=$head"
done
others=
for head in $heads; do
  if [ "$mark" != - ]; then case $head in *$mark*) ;; *) others=yes ;; esac; fi
  for forbidden in "$@"; do case $head in *$forbidden*) others=yes ;; esac; done
done
[ -z "$others" ] || refuse "it holds the data of another member"
files=$(find . -name lost+found -prune -o ! -type d -print)
[ "$need" = any ] || [ -n "$heads" ] || [ "$task" = empty -a -z "$files" ] || refuse "it holds no data of a member"
if [ "$task" = look ]; then say seen; exit 0; fi
if command -v flock > /dev/null 2>&1; then
  held=$(find . -type f \\( -name db -o -name '*.wal' \\) | while IFS= read -r file; do
    flock -n "$file" true || echo "$file"
  done)
  [ -z "$held" ] || refuse "a process holds the lock of $(echo $held)"
fi
find . -name lost+found -prune -o ! -type d ! -name '*.wal' -exec rm -f {} \\;
left() { for name in * .[!.]* ..?*; do
  { [ -e "$name" ] || [ -L "$name" ]; } && [ "$name" != lost+found ] && echo "$name"
done; }
left | while IFS= read -r name; do rm -rf "./$name"; done
if [ -n "$(left)" ]; then say "left=$(left | tr '\\n' ' ')"; exit 1; fi
say emptied
`;

/** Undefined: it wrote nothing. */
export function parseReport(message: string | undefined): VolumeReport | undefined {
	if (!message) return undefined;
	const lines = message.split("\n");
	const after = (key: string) => lines.filter((line) => line.startsWith(key)).map((line) => line.slice(key.length));
	return {
		found: after("log=").map(readOwner),
		refused: after("refused=")[0],
		emptied: lines.includes("emptied"),
	};
}
