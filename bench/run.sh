#!/usr/bin/env bash
# Runs the benchmarks that are named (bench/NAME.cpp), or all. Each runs its rivals in the same invocation, interleaved,
# and prints ratios of medians beside their targets. usage: run.sh [NAME...]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
if [ $# -eq 0 ]; then
    for source in bench/*.cpp; do set -- "$@" "$(basename "$source" .cpp)"; done
fi
for name in "$@"; do
    program=build/release/bin/bench-$name
    [ -x "$program" ] || { echo "bench: there is no '$name': $(cd bench && ls ./*.cpp | sed 's|./||; s|\.cpp||' | xargs)" >&2; exit 2; }
    echo "== $name"
    "$program"
done
