#!/usr/bin/env bash
# usage: run.sh ARGS…   Builds the command and becomes it, in the caller's folder.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/configure.sh" release
# Ninja's "no work to do" is nothing that somebody who runs the program wants to read.
log=$(mktemp)
if [[ -x $root/build/release/cli/inferqueue ]]; then
  cmake --build "$root/build/release" -j "$jobs" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; exit 1; }
else
  cmake --build "$root/build/release" -j "$jobs" >&2
fi
rm -f "$log"
exec "$root/build/release/cli/inferqueue" "$@"
