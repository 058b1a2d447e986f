#!/usr/bin/env bash
# usage: clean.sh [--all]   Removes build/, with --all .deps/ too. Results in runs/ stay.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case ${1:-} in
  "") rm -rf "$root/build" ;;
  --all) rm -rf "$root/build" "$root/.deps" ;;
  *) die "clean: unknown option '$1'; there is --all" ;;
esac
