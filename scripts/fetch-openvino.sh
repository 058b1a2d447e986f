#!/usr/bin/env bash
# usage: fetch-openvino.sh [--check]   Unpacks the OpenVINO that openvino.lock pins into .deps/openvino, unless it is
# there. --check only says by its status whether it is.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

machine=$(uname -m)
pin=$(awk -v machine="$machine" '$1 == machine' "$root/scripts/openvino.lock")
[[ -n $pin ]] || die "setup: no OpenVINO is pinned for $machine; install one and set OpenVINO_DIR to the folder that \
holds its OpenVINOConfig.cmake."
read -r _ version python platform file hash <<<"$pin"
target=$root/.deps/openvino

# The stamp is written before the folder gets its name: a folder with the right stamp is whole.
up_to_date() { [[ -f $target/openvino/cmake/OpenVINOConfig.cmake && $(cat "$target/.sha256" 2>/dev/null) == "$hash" ]]; }
up_to_date && exit 0
[[ ${1:-} != --check ]] || exit 1

mkdir -p "$root/.deps"
exec 9>"$root/.deps/.lock"
flock 9
up_to_date && exit 0

pip=()
for candidate in python3 /usr/bin/python3; do
  if "$candidate" -m pip --version >/dev/null 2>&1; then
    pip=("$candidate" -m pip)
    break
  fi
done
[[ ${#pip[@]} -gt 0 ]] || die "setup: OpenVINO comes as a Python wheel and no python3 here has pip. Debian and Ubuntu:" \
  "  apt-get install -y --no-install-recommends python3-pip"

partial=$root/.deps/openvino.partial
rm -rf "$partial"
mkdir -p "$partial/unpacked"
say "Fetching OpenVINO $version (60 MB, 180 MB unpacked) into .deps/openvino"
quiet=(-q)
[[ ! -t 2 ]] || quiet=()
# As pip is configured by the user (mirrors, certificates); only which wheel it is has been settled.
"${pip[@]}" download "${quiet[@]}" --no-deps --only-binary=:all: --implementation cp --python-version "$python" \
  --abi "cp${python/./}" --platform "$platform" -d "$partial" "openvino==$version" >&2 ||
  die "setup: OpenVINO could not be fetched. With a network or a pip mirror try again, or set OpenVINO_DIR to the" \
    "folder of an OpenVINOConfig.cmake that you have."
[[ -f $partial/$file ]] || die "setup: pip fetched $(cd "$partial" && echo *.whl), but openvino.lock pins $file."
echo "$hash  $partial/$file" | sha256sum --check --status ||
  die "setup: $file is not what openvino.lock pins: its sha256 is $(sha256sum <"$partial/$file" | cut -d' ' -f1)."
"${pip[0]}" -m zipfile -e "$partial/$file" "$partial/unpacked"
echo "$hash" >"$partial/unpacked/.sha256"
rm -rf "$target"
mv "$partial/unpacked" "$target"
rm -rf "$partial"
