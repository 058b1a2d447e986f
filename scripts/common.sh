# shellcheck shell=bash
# What every script of this folder starts with: source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
jobs=$(nproc)
# shellcheck disable=SC2034 # not every script uses both
readonly root jobs

say() { printf '%s\n' "-- $*" >&2; }
die() {
  printf '%s\n' "$@" >&2
  exit 1
}

# The project's own files that match one of the patterns, relative to the root. By find, not by git, because the
# sources may lie in no repository or in somebody else's.
project_files() {
  local names=()
  for pattern in "$@"; do names+=(-o -name "$pattern"); done
  (cd "$root" && find . \( -path './.*' -o -path './build*' -o -path ./runs -o -name node_modules -o -name '.venv*' \) -prune \
    -o -type f \( "${names[@]:1}" \) -printf '%P\n' | LC_ALL=C sort)
}

# Runs a program that was built with a sanitizer, or what builds and so runs it. GCC 12's ThreadSanitizer gives up
# ("unexpected memory mapping") where the kernel spreads addresses over more bits than it knows, as Ubuntu 24.04's does.
# Some containers don't let the spreading be turned off; there the program runs as it is.
with_fixed_addresses() {
  if setarch "$(uname -m)" -R true 2>/dev/null; then setarch "$(uname -m)" -R "$@"; else "$@"; fi
}

# become TARGET PROGRAM ARGS…: builds a target of the release preset and becomes its program, in the caller's folder.
become() {
  local target=$1 program=$root/build/release/$2 log
  shift 2
  "$root/scripts/configure.sh" release
  local build=(cmake --build "$root/build/release" -j "$jobs" --target "$target")
  # Ninja's "no work to do" is nothing that somebody who runs the program wants to read.
  if [[ -x $program ]]; then
    log=$(mktemp)
    "${build[@]}" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; exit 1; }
    rm -f "$log"
  else
    "${build[@]}" >&2
  fi
  exec "$program" "$@"
}
