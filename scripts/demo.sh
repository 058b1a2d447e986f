#!/usr/bin/env bash
# usage: demo.sh   Detects the shapes in the samples, then measures the modes side by side.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/build.sh" release
cd "$root"
inferqueue=build/release/cli/inferqueue
echo
echo "== Detecting: $inferqueue detect --model models/shapes/shapes.xml --source samples …"
"$inferqueue" detect --model models/shapes/shapes.xml --source samples --project runs/demo --name detect --exist-ok
echo
echo "== Comparing the modes: $inferqueue bench --model models/shapes/shapes.xml --source samples"
"$inferqueue" bench --model models/shapes/shapes.xml --source samples
