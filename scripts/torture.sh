#!/usr/bin/env bash
# usage: torture.sh [--repeat 3] [--timeout 20] [CASE…]   Puts Python's AsyncInferQueue and ours into the same faults,
# each case in a process of its own, and writes the table build/torture/torture.md. Six of Python's cases are of the
# peers' own program, beside the project in ../shared or $INFERQUEUE_SHARED.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/setup.sh" build test bench
"$root/scripts/build.sh" dev openvino_test
python=$("$root/scripts/python-env.sh" python-peers "$root/scripts/python-peers.txt")

peer=()
shared=${INFERQUEUE_SHARED:-$root/../shared}
if [[ -f $shared/baselines/torture.py ]]; then
  peer=(--peer "$(realpath "$shared/baselines/torture.py")")
else
  say "The peers' own program is in ../shared (or \$INFERQUEUE_SHARED), which is not here: its six cases are left out" \
    "for Python"
fi

cd "$root"
exec python3 scripts/torture.py --python "$python" "${peer[@]}" "$@"
