#!/usr/bin/env bash
# usage: mutate.sh [OPTIONS of mutate.py] [FILE…]   Puts mistakes into a copy of the core, one at a time, and tells which
# of them its tests don't notice.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/setup.sh" build test
cd "$root"
exec python3 scripts/mutate.py "$@"
