#!/usr/bin/env bash
# usage: test.sh [--full] [CTEST ARGS]   Builds and runs the tests: those of the core under ThreadSanitizer and
# AddressSanitizer, then all. --full adds the tests labelled full, and AddressSanitizer runs over all of them. Other
# arguments go to every ctest: -R NAME, -L LABEL.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

presets=(tsan asan-core dev)
labels=(-LE '^full$')
args=()
for arg in "$@"; do
  if [[ $arg == --full ]]; then
    presets=(tsan asan dev)
    labels=()
    export INFERQUEUE_TEST_FULL=1
  else
    args+=("$arg")
  fi
done

failed=()
closing=()
cd "$root"
for preset in "${presets[@]}"; do
  echo
  echo "== $preset"
  "$root/scripts/build.sh" "$preset"
  log=build/$preset/test.log
  run=(ctest --preset "$preset" -j "$jobs" "${labels[@]}" ${args[@]+"${args[@]}"})
  [[ $preset == dev ]] || run=(with_fixed_addresses "${run[@]}")
  "${run[@]}" 2>&1 | tee "$log" || failed+=("$preset")
  closing+=("$preset: $(grep -E 'tests? (passed|failed)|No tests were found' "$log" | tail -n 1)")
done

echo
echo "== In short"
# The last is dev, which has run everything; its line stands as ctest wrote it.
printf '%s\n' "${closing[@]:0:${#closing[@]}-1}"
echo "${closing[-1]#dev: }"
if [[ ${#failed[@]} -gt 0 ]]; then die "test: failed in ${failed[*]}; the full output is in build/PRESET/test.log"; fi
