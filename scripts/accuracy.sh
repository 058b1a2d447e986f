#!/usr/bin/env bash
# usage: accuracy.sh [--model FILE] [--precision f32] [--count 500] [--set 1000]   Draws pictures that training never
# saw, measures the shapes model on them with `inferqueue val`, checks the figures against those of the Python that
# trained it, and writes build/accuracy/shapes.md with the pictures where it fails worst.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/setup.sh" build accuracy
"$root/scripts/build.sh" release

# Of what training needs, all but TensorFlow.
mkdir -p "$root/build"
pins=$root/build/python-shapes.txt
grep -v '^tensorflow' "$root/training/requirements.txt" >"$pins"
python=$("$root/scripts/python-env.sh" python-shapes "$pins")

exec "$python" "$root/scripts/accuracy_shapes.py" "$@"
