#!/usr/bin/env bash
# usage: check-includes.sh   Fails on an include that docs/architecture.md does not allow.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

# room: the rooms it may include from, itself among them. Outside src/ they may all include include/.
declare -A allowed=(
  [base]="base"
  [core]="base core"
  [openvino]="base core openvino"
  [machine]="machine"
  [devices]="base machine devices"
  [models]="base devices models"
  [vision]="base vision"
  [accuracy]="base vision accuracy"
  [media]="base media"
  [pipeline]="base devices models vision media pipeline"
  [measure]="base machine devices models vision pipeline measure"
  [page]="page"
)
# Rooms that know nothing of the runtime, so that they can be tested without it.
without_openvino=" base core machine vision accuracy media page "

findings=$(
  project_files '*.cpp' '*.hpp' | while read -r file; do
    room=
    case $file in
      include/*) room=include ;;
      src/*/*) room=${file#src/} room=${room%%/*} ;;
      *) continue ;; # cli, tests, examples and benchmarks stand above everything
    esac
    { grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]' "$file" || true; } |
      sed -E 's/^([0-9]+):[^<"]*[<"]([^>"]*)[>"].*/\1 \2/' | while read -r line header; do
      target=${header%%/*}
      if [[ $room == include ]]; then
        [[ ! -e src/$header && $header != *..* && ! ($header == *.hpp && -e $(dirname "$file")/$header) ]] ||
          echo "$file:$line: a public header includes <inferqueue/…>, not '$header'"
        continue
      fi
      if [[ $header == *..* ]]; then
        echo "$file:$line: name '$header' from src/ on, without .."
      elif [[ $target == openvino && ! -e src/$header && $without_openvino == *" $room "* ]]; then
        echo "$file:$line: $room must do without OpenVINO"
      elif [[ -e src/$header && " ${allowed[$room]:-} " != *" $target "* ]]; then
        echo "$file:$line: $room may include ${allowed[$room]:-nothing yet: name it in scripts/check-includes.sh}, not $target"
      elif [[ $target == cli || $target == tests ]]; then
        echo "$file:$line: $room may not include $target"
      fi
    done
  done
)
[[ -z $findings ]] || die "$findings" "Move the code to the room that may know both, or put a seam between them:" \
  "docs/architecture.md says what may depend on what."
