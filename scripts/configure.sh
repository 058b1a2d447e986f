#!/usr/bin/env bash
# usage: configure.sh PRESET   Sets up, and configures build/PRESET unless nothing that matters has changed.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

preset=$1
groups=(build)
[[ $preset == release ]] || groups+=(test)
"$root/scripts/setup.sh" "${groups[@]}"

# CMake would go on with the folders that it found first; a change of these variables must win.
options=()
for variable in OpenVINO_DIR OpenCV_DIR INFERQUEUE_SHARED; do
  if [[ -n ${!variable:-} ]]; then options+=("-D$variable=$(realpath "${!variable}")"); else options+=("-U$variable"); fi
done
stamp=$root/build/$preset/.configured
# An npm that has come since then is to build the page.
facts="${options[*]} npm=$(command -v npm || true)"
cd "$root"
if [[ ! -f build/$preset/build.ninja || CMakePresets.json -nt $stamp || $(cat "$stamp") != "$facts" ]]; then
  cmake --preset "$preset" "${options[@]}" >&2
  echo "$facts" >"$stamp"
fi
