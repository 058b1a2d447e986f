#!/usr/bin/env bash
# usage: demo.sh   Detects the shapes in the samples, shows what the devices offer, measures the modes side by side.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/build.sh" release
cd "$root"
inferqueue=build/release/cli/inferqueue
echo
echo "== Detecting: $inferqueue detect --model models/shapes/shapes.xml --source samples …"
"$inferqueue" detect --model models/shapes/shapes.xml --source samples --project runs/demo --name detect --exist-ok
echo
echo "== What the devices offer: $inferqueue devices"
"$inferqueue" devices
echo
# A detector of the size that people run: one as small as that of the shapes would show the queue's own cost.
echo "== Comparing the modes: $inferqueue bench --model builtin:yolov5n --source samples"
"$inferqueue" bench --model builtin:yolov5n --source samples
