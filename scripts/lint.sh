#!/usr/bin/env bash
# usage: lint.sh [--fix]   Every check of the sources; goes on after one has failed. --fix formats first.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[[ $# -eq 0 || $* == --fix ]] || die "lint: unknown option '$*'; there is --fix"
longest=400

cd "$root"
scripts/setup.sh lint
scripts/configure.sh dev
mapfile -t sources < <(project_files '*.cpp' '*.hpp')
mapfile -t shell_scripts < <(project_files '*.sh' && ls dev .ci/run)

check_format() {
  clang-format-19 --dry-run --Werror "${sources[@]}" || {
    echo "./dev lint --fix formats the files."
    return 1
  }
}

check_length() {
  local file lines status=0
  while read -r lines file; do
    [[ $lines -le $longest || $file == total ]] && continue
    echo "$file: $lines lines, more than $longest: split it by what it does"
    status=1
  done < <(project_files '*.cpp' '*.hpp' '*.py' '*.sh' '*.js' '*.mjs' '*.css' | xargs -d '\n' wc -l)
  return "$status"
}

# A user may include any public header, and that one first.
check_headers() {
  local system
  mapfile -t system < <(grep -oE -- '-isystem [^ ]+' build/dev/compile_commands.json | sort -u | tr ' ' '\n')
  # shellcheck disable=SC2016
  project_files '*.hpp' | grep '^include/' | xargs -P "$jobs" -I{} bash -c '
    header=$1
    shift
    echo "#include <${header#include/}>" |
      g++ -std=c++20 -Wall -Wextra -Werror -fsyntax-only -Iinclude "$@" -x c++ - || {
      echo "$header does not compile alone: let it include what it uses"
      exit 1
    }' compile {} "${system[@]}"
}

# With the prettier that the page's lock file pins, where the page is built.
check_page() {
  local prettier=build/dev/page/node_modules/prettier/bin/prettier.cjs mode=${1:---check}
  [[ -f $prettier ]] || {
    echo "There is no npm: the page's format is not checked."
    return 0
  }
  node "$prettier" --log-level warn --config page/package.json "$mode" 'page/**/*.{js,mjs,css}' 'tests/page/*.mjs' || {
    echo "./dev lint --fix formats the files."
    return 1
  }
}

check_shell() { shellcheck -x --source-path=scripts "${shell_scripts[@]}"; }

failed=()
step() {
  local name=$1 start=$SECONDS outcome=ok
  shift
  "$@" || {
    outcome=FAILED
    failed+=("$name")
  }
  printf -- '-- %-28s %-7s %3d s\n' "$name" "$outcome" $((SECONDS - start))
}

if [[ ${1:-} == --fix ]]; then
  clang-format-19 -i "${sources[@]}"
  check_page --write
fi
step "formatting" check_format
step "formatting of the page" check_page
step "includes between the rooms" scripts/check-includes.sh
step "length of files" check_length
step "public headers alone" check_headers
step "shell scripts" check_shell
step "clang-tidy, thread safety" python3 scripts/tidy.py
[[ ${#failed[@]} -eq 0 ]] || die "lint: failed: $(printf '%s; ' "${failed[@]}" | sed 's/; $//')"
