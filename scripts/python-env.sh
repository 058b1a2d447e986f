#!/usr/bin/env bash
# usage: python-env.sh NAME PINS   Makes the virtual environment .deps/NAME with the packages that the file PINS names,
# unless it is there with just these, and prints its Python.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

name=$1
pins=$(realpath "$2")
venv=$root/.deps/$name
if ! cmp -s "$pins" "$venv/installed.txt"; then
  say "Installing Python packages into .deps/$name"
  rm -rf "$venv"
  # By the system's Python, which python3-venv belongs to.
  /usr/bin/python3 -m venv "$venv"
  "$venv/bin/pip" install -q --only-binary=:all: -r "$pins" >&2
  cp "$pins" "$venv/installed.txt"
fi
echo "$venv/bin/python"
