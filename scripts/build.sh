#!/usr/bin/env bash
# usage: build.sh [PRESET [TARGET…]]   Sets up, configures if it must be and builds a preset of CMakePresets.json into
# build/PRESET. Says everything on stderr, so that `./dev run` keeps stdout for the program.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
exec >&2

preset=${1:-dev}
[[ $# -eq 0 ]] || shift
"$root/scripts/configure.sh" "$preset"
build=(cmake --build "$root/build/$preset" -j "$jobs" ${1:+--target "$@"})
# Test programs are run once while they are built, to be asked for their cases.
[[ $preset != *san* ]] || build=(with_fixed_addresses "${build[@]}")
"${build[@]}"
