#pragma once
/// What `parlance completions SHELL` prints. The scripts know nothing of parlance's commands: they hand the words of
/// the line to `parlance completions words -- WORD...`, which prints a word and its meaning, with a tab between them,
/// on each line, or `:directories`, `:files` or `:programs`, which the shell knows itself.

#include <string_view>

namespace parlance::cli {

inline constexpr struct {
    std::string_view shell, script;
} completion_scripts[] = {
    {"bash", R"sh(# Tab for parlance in bash: source <(parlance completions bash)
_parlance() {
    local -a words=() found=()
    local i n=0
    for ((i = 1; i <= COMP_CWORD; ++i)); do # bash cuts words at = and : too
        if ((n > 0)) && [[ ${COMP_WORDS[i]} =~ ^[=:]+$ || ${COMP_WORDS[i - 1]} =~ ^[=:]+$ ]]; then
            words[n - 1]+=${COMP_WORDS[i]}
        else
            words[n++]=${COMP_WORDS[i]}
        fi
    done
    words=("${words[@]//[\"\'\\]/}")
    words=("${words[@]/#\~\//$HOME/}")
    local current=${words[n - 1]-}
    local tail=${current##*[=:]}
    local kept=${current%"$tail"}
    COMPREPLY=()
    mapfile -t found < <("${COMP_WORDS[0]/#\~\//$HOME/}" completions words -- "${words[@]}" 2>/dev/null)
    case ${found[0]-} in
    :directories)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$tail") ;;
    :files)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$tail") ;;
    :programs) mapfile -t COMPREPLY < <(compgen -c -- "$tail") ;;
    *)
        local line
        for line in "${found[@]}"; do
            line=${line%%$'\t'*}
            COMPREPLY+=("${line#"$kept"}")
        done ;;
    esac
}
complete -F _parlance parlance
)sh"},
    {"zsh", R"sh(#compdef parlance
# Tab for parlance in zsh: source <(parlance completions zsh), behind compinit; or as _parlance in a folder of $fpath
_parlance() {
    local -a found described
    local line
    found=("${(@f)$(${(Q)words[1]} completions words -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    case ${found[1]-} in
    '') return 1 ;;
    :directories) compset -P '--*='; _files -/ ;;
    :files) compset -P '--*='; _files ;;
    :programs) _command_names -e ;;
    *)
        for line in $found; do
            described+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
        done
        _describe parlance described ;;
    esac
}
if [[ ${funcstack[1]-} == _parlance ]]; then
    _parlance "$@"
else
    compdef _parlance parlance
fi
)sh"},
    {"fish", R"sh(# Tab for parlance in fish: parlance completions fish > ~/.config/fish/completions/parlance.fish
function __parlance_words
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l parlance $words[1]
    set -e words[1]
    set -l found ($parlance completions words -- $words "$current" 2>/dev/null)
    set -l kept (string match -r -- '^--[a-z-]+=' "$current")
    set -l rest (string replace -r -- '^--[a-z-]+=' '' "$current")
    switch "$found[1]"
        case ':directories'
            printf "$kept%s\n" (__fish_complete_directories "$rest")
        case ':files'
            printf "$kept%s\n" (__fish_complete_path "$rest")
        case ':programs'
            complete -C "$rest"
        case '*'
            test -n "$found[1]"; and printf '%s\n' $found
    end
end
complete -c parlance -f -a '(__parlance_words)'
)sh"},
};

} // namespace parlance::cli
