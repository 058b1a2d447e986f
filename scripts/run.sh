#!/usr/bin/env bash
# usage: run.sh ARGS…   Builds the command and becomes it, in the caller's folder.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

become inferqueue_cli cli/inferqueue "$@"
