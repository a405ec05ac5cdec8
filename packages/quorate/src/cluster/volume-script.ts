import type { VolumeReport } from "./cluster-view.ts";
import { HEAD_BYTES, readOwner } from "./data-owner.ts";

/** Where the pod has the volume. */
export const FOLDER = "/volume";

/**
 * Runs in the image of etcd, with `sh`, `find` and `od`. Arguments: the task; whether a log must be there (`log`) or may be missing
 * (`any`); a mark that each log must hold, or `-`; marks that no log may hold. What it finds and does, it writes to the pod's termination message.
 * All other files go before the logs, so that one that is interrupted still knows whose data it is.
 *
 * It does nothing where something else may lie beside that data: where another file system is mounted in it, a folder cannot be read, a
 * database has its log elsewhere, or files without any log are not of etcd's own layout.
 */
export const SCRIPT = `
task=$1; need=$2; mark=$3; shift 3
say() { printf '%s\\n' "$1" >> /dev/termination-log; }
refuse() { say "refused=$1"; exit 0; }
cd ${FOLDER} || exit 1
for tool in find od tr sort; do
  command -v $tool > /dev/null 2>&1 || refuse "the image has no $tool"
done
while read -r _ _ _ _ place _; do
  case $place in ${FOLDER}/*) refuse "another file system is mounted in it, at .\${place#${FOLDER}}" ;; esac
done < /proc/self/mountinfo
if [ "$task" = empty ]; then
  find . -path ./lost+found -prune -o -type d -print > /dev/null 2>&1 || refuse "not all of its folders can be read"
fi
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
if [ -z "$heads" ]; then
  strange=$(find . -name lost+found -prune -o ! -type d ! -path '*/member/*' ! -name .touch ! -name member_id ! -name new_member_envs \\
    ! -name member_removal.log -print | { IFS= read -r first && echo "$first"; })
  [ -z "$strange" ] || refuse "it holds files, and no log that says whose they are ($strange)"
fi
all=0
alone=0
for own in $(find . -type f -path '*/snap/db' | while IFS= read -r file; do
  log=$(find "\${file%/snap/db}/wal" -type f -name '*.wal' 2> /dev/null | { IFS= read -r first && echo yes; })
  echo "\${log:-no}"
done); do
  all=$((all + 1))
  [ $own = yes ] || alone=$((alone + 1))
done
[ $alone -eq 0 ] || [ $all -eq 1 ] || refuse "it holds a database whose log is elsewhere, beside another one"
if [ "$task" = look ]; then say seen; exit 0; fi
if command -v flock > /dev/null 2>&1; then
  held=$(find . -type f \\( -name db -o -name '*.wal' \\) | while IFS= read -r file; do
    flock -n "$file" true || echo "$file"
  done)
  [ -z "$held" ] || refuse "a process holds the lock of $(printf '%s ' $held)"
fi
find . -name lost+found -prune -o ! -type d ! -name '*.wal' -exec rm -f {} \\;
for name in * .[!.]* ..?*; do
  [ "$name" = lost+found ] || rm -rf "./$name"
done
left() { for name in * .[!.]* ..?*; do
  { [ -e "$name" ] || [ -L "$name" ]; } && [ "$name" != lost+found ] && printf '%s ' "$name"
done; }
if [ -n "$(left)" ]; then say "left=$(left)"; exit 1; fi
say emptied
`;

/** Undefined: it wrote nothing. */
export function parseReport(message: string | undefined): VolumeReport | undefined {
	if (!message) return undefined;
	const lines = message.split("\n");
	const after = (key: string) => lines.filter((line) => line.startsWith(key)).map((line) => line.slice(key.length));
	const [refused] = after("refused=");
	return {
		found: after("log=").map(readOwner),
		refused: refused?.trimEnd(),
		emptied: refused === undefined && lines.includes("emptied"),
	};
}
