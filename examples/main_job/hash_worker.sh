#!/bin/sh
# A worker in shell: a process for each file. What it returns says what becomes of the message: 0 is done.
#     parlance work files --text -- sh hash_worker.sh RESULTS {}
set -eu
results=$1 file=$2
sum=$(sha256sum <"$file")
lines=$(wc -l <"$file")
printf '{"file":"%s","sha256":"%s","lines":%d,"by":"sh"}\n' "$file" "${sum%% *}" "$lines" >>"$results"
