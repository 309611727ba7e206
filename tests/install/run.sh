#!/usr/bin/env bash
# Installs a build into a new prefix and builds a program against it, by CMake's package and by pkg-config.
# usage: run.sh BUILD-FOLDER COMPILER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cmake --install "$1" --prefix "$place/prefix" >/dev/null

cmake -S "$here/with_cmake" -B "$place/build" -G Ninja -DCMAKE_PREFIX_PATH="$place/prefix" -DCMAKE_CXX_COMPILER="$2" \
    -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$place/build" >/dev/null
[ "$("$place/build/outside")" = hello ]
echo "find_package(parlance CONFIG): works"

pc=$(dirname "$(find "$place/prefix" -name parlance.pc)")
# shellcheck disable=SC2046
"$2" "$here/outside.cpp" -o "$place/by_pkg_config" \
    $(PKG_CONFIG_PATH="$pc" pkg-config --cflags --libs parlance)
[ "$("$place/by_pkg_config")" = hello ]
echo "pkg-config parlance: works"

"$place/prefix/bin/parlance" --version
