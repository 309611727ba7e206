#!/usr/bin/env bash
# The main job: real files, one message each, workers in three languages on one durable queue, and one of them killed
# half way. Ends with what was done and what was lost. Usage: run.sh [DIR] (default: the system's headers)
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/examples/main_job
build=${PARLANCE_BUILD:-$root/build/release}
parlance=$build/bin/parlance
from=${1:-/usr/include}
most=5000

[ -d "$from" ] || { echo "run: $from is no folder: name one with files" >&2; exit 2; }
place=$build/main_job
rm -rf "$place" && mkdir -p "$place"
export PARLANCE_STORE=$place/store
results=$place/results.jsonl

# the paths that a shell worker can write as JSON without a JSON library: no quotes, backslashes, control characters
find -L "$from" -type f -readable 2>/dev/null | LC_ALL=C grep -v '["\\[:cntrl:]]' | LC_ALL=C sort | head -n "$most" >"$place/files" || true
files=$(wc -l <"$place/files")
[ "$files" -gt 0 ] || { echo "run: no readable files below $from" >&2; exit 2; }

"$parlance" queue create files --json >/dev/null
"$parlance" queue send files --lines --text --json <"$place/files" >"$place/sent"
echo "sent      $files messages to the queue 'files' in $PARLANCE_STORE"

member() { sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p"; } # of a JSON object on one line
work() { # name, options of work...
    local name=$1
    shift
    "$parlance" work files --until-empty --text --json "$@" >"$place/$name.json" 2>"$place/$name.log" &
}
work cpp --mode lines --procs 1 --prefetch 32 -- "$build/bin/hash_worker" "$results"
work node --mode lines --procs 1 --prefetch 32 -- node "$here/hash_worker.js" "$results"
node_work=$!
work sh --procs 1 -- sh "$here/hash_worker.sh" "$results" '{}'
echo "working   1 worker each in C++, Node and shell"

begun=$(date +%s%N)
while kill -0 "$node_work" 2>/dev/null; do
    left=$("$parlance" queue info files --json | member msgs)
    [ "$left" -gt $((files / 2)) ] || break
    sleep 0.01
done
victim=$(cat "/proc/$node_work/task/"*/children 2>/dev/null | awk '{print $1; exit}' || true)
for _ in {1..2000}; do # the moment at which it is at work, and not waiting for some
    read -r _ _ state _ <"/proc/$victim/stat" 2>/dev/null || break
    [ "$state" != R ] || break
done
if [ -n "$victim" ] && kill -KILL "$victim" 2>/dev/null; then
    echo "killed    the Node worker, pid $victim, with SIGKILL, $left files before the end"
fi
failed=0
for job in $(jobs -p); do wait "$job" || failed=1; done
seconds=$(awk -v ns=$(($(date +%s%N) - begun)) 'BEGIN { printf "%.2f", ns / 1e9 }')

sum() { cat "$place"/{cpp,node,sh}.json | member "$1" | awk '{ all += $1 } END { print all + 0 }'; }
# the paths come back as they went in: what has no result is lost
sed -n 's/^{"file":"\(.*\)","sha256":"\([0-9a-f]*\)",.*/\2  \1/p' "$results" | LC_ALL=C sort -u >"$place/sums"
done_files=$(cut -c67- "$place/sums" | LC_ALL=C sort -u | wc -l)
wrong=$(sha256sum --quiet -c "$place/sums" 2>/dev/null | wc -l || true)
by() { grep -c "\"by\":\"$1\"" "$results" || true; }
lost=$((files - done_files))

cat <<TABLE

files       $files
results     $done_files   ($(by c++) by C++, $(by node) by Node, $(by sh) by shell)
wrong       $wrong   (each sum compared with sha256sum's)
retries     $(sum retried)
dead        $(sum dead)
lost        $lost
messages/s  $(awk -v n="$files" -v s="$seconds" 'BEGIN { printf "%.0f", n / s }')   ($seconds s)

The results are in $results
TABLE
[ "$failed" -eq 0 ] && [ "$lost" -eq 0 ] && [ "$wrong" -eq 0 ] || { echo "run: something went wrong: see $place/*.log" >&2; exit 1; }
