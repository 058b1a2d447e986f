#!/usr/bin/env bash
# usage: example.sh [NAME ARGS…]   Builds a program of examples/ and becomes it, in the caller's folder. Without a name
# it lists them.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usages() { sed -n 's|^// usage: |  |p' "$root"/examples/*.cpp; }

if [[ $# -eq 0 || $1 == -h || $1 == --help ]]; then
  echo "usage: ./dev example NAME ARGS…, where NAME ARGS… is one of"
  usages
  echo "examples/README.md says what each shows."
  exit
fi
name=$1
shift
[[ $name != */* && -f $root/examples/$name.cpp ]] || die "example: there is no '$name'; there are:" "$(usages)"
become "$name" "examples/$name" "$@"
