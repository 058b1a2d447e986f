#!/usr/bin/env bash
# usage: setup.sh [GROUP…]   Installs the Debian packages of these groups (default: build test) of packages.txt that are
# missing, and fetches OpenVINO. Quick when nothing is missing. The groups opencv and openvino come along with build,
# unless the user brings his own; page and browser with test, unless there are such programs.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

has_browser() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    ! command -v "$name" >/dev/null || return 0
  done
  return 1
}

groups=("$@")
[[ ${#groups[@]} -gt 0 ]] || groups=(build test)
mapfile -t known < <(awk '$1 !~ /^#/ && NF { print $1 }' "$root/scripts/packages.txt" | sort -u)
for group in "${groups[@]}"; do
  [[ " ${known[*]} " == *" $group "* ]] || die "setup: no group '$group'; there are: ${known[*]}"
done
fetch=0
if [[ " ${groups[*]} " == *" build "* ]]; then
  [[ -n ${OpenCV_DIR:-} ]] || groups+=(opencv)
  if [[ -z ${OpenVINO_DIR:-} ]] && ! "$root/scripts/fetch-openvino.sh" --check 2>/dev/null; then
    fetch=1
    groups+=(openvino)
  fi
fi

[[ " ${groups[*]} " != *" test "* ]] || groups+=(page browser)
# Debian's npm and somebody else's Node.js exclude each other.
! command -v npm >/dev/null || ! command -v node >/dev/null || groups=("${groups[@]/#page/}")
if has_browser || ! grep -qsx 'ID=debian' /etc/os-release; then groups=("${groups[@]/#browser/}"); fi

missing_packages() {
  local wanted installed
  wanted=$(awk -v groups=" ${groups[*]} " '$1 !~ /^#/ && NF && index(groups, " " $1 " ") { print $2 }' \
    "$root/scripts/packages.txt" | LC_ALL=C sort -u)
  # dpkg-query fails when it doesn't know one of the names, and answers for the others all the same.
  # shellcheck disable=SC2086
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' |
    LC_ALL=C sort -u || true)
  LC_ALL=C comm -23 <(printf '%s\n' "$wanted") <(printf '%s\n' "$installed")
}

install_packages() {
  local sudo=() apt="apt-get" packages="install -y --no-install-recommends $*"
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || die "setup: Debian packages are missing and there is no sudo. As root, type:" \
      "  apt-get update && apt-get $packages"
    apt="sudo apt-get"
    sudo=(sudo)
    # Without a terminal nobody could type the password that sudo would wait for.
    [[ -t 0 ]] || sudo=(sudo -n)
  fi
  say "Installing $# Debian packages and what they need: $*"
  local quiet=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
  local log
  log=$(mktemp)
  # shellcheck disable=SC2086
  if ! { "${quiet[@]}" update && "${quiet[@]}" $packages; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    die "setup: the packages could not be installed. To do it by hand, type:" "  $apt update && $apt $packages"
  fi
  rm -f "$log"
}

if command -v dpkg-query >/dev/null; then
  mapfile -t missing < <(missing_packages)
  [[ ${#missing[@]} -eq 0 ]] || install_packages "${missing[@]}"
else
  say "This is no Debian or Ubuntu: please see to the tools and libraries that scripts/packages.txt names."
fi
[[ $fetch -eq 0 ]] || "$root/scripts/fetch-openvino.sh"
