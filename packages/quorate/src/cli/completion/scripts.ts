import type { CommandContext } from "../command-context.ts";
import { usage } from "../options/usage.ts";

// Each asks `quorate __complete WORDS…` and shows what it answers; the last line says whether file names do as well.

const BASH = `# quorate: source this file, or put it into the folder of bash-completion.
_quorate() {
	local cur words cword out directive
	if declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n =: cur words cword
	else
		cur=\${COMP_WORDS[COMP_CWORD]} words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
	fi
	out=$("\${words[0]}" __complete "\${words[@]:1:cword-1}" "$cur" 2>/dev/null) || return
	directive=\${out##*:}
	out=\${out%:*}
	local IFS=$'\\n' line
	COMPREPLY=()
	for line in $out; do
		line=\${line%%$'\\t'*}
		[[ $line == "$cur"* ]] && COMPREPLY+=("$line")
	done
	if [[ $directive == 0 ]]; then
		compopt -o filenames 2>/dev/null
		COMPREPLY+=($(compgen -f -- "$cur"))
	fi
	if [[ $cur == *=* ]]; then
		COMPREPLY=("\${COMPREPLY[@]#"\${cur%%=*}="}")
	fi
}
complete -F _quorate quorate
`;

const ZSH = `#compdef quorate
# quorate: put this file as _quorate into a folder of $fpath, or source it.
_quorate() {
	local out directive line
	local -a found
	out=$("\${words[1]}" __complete "\${(@)words[2,CURRENT-1]}" "\${words[CURRENT]}" 2>/dev/null) || return
	directive=\${out##*:}
	for line in \${(f)\${out%:*}}; do
		found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
	done
	(( \${#found} )) && _describe 'quorate' found
	[[ $directive == 0 ]] && _files
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
	_quorate "$@"
else
	compdef _quorate quorate
fi
`;

const FISH = `# quorate: put this file as quorate.fish into ~/.config/fish/completions.
function __quorate_complete
	set -l words (commandline -opc) (commandline -ct)
	set -l out ($words[1] __complete $words[2..-1] 2>/dev/null)
	if test "$out[-1]" = ":0"
		__fish_complete_path (commandline -ct)
	end
	if test (count $out) -gt 1
		printf '%s\\n' $out[1..-2]
	end
end
complete -c quorate -f -a '(__quorate_complete)'
`;

export function completion({ terminal }: CommandContext, shell: string): void {
	const scripts: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
	const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
	if (script === undefined)
		throw usage("reading the name of the shell", `unknown shell "${shell}"`, "one of: bash, zsh, fish");
	terminal.stdout.write(script);
}
