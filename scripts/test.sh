#!/usr/bin/env bash
# usage: test.sh [--full] [CTEST ARGS]   Builds and runs the tests: those of the core under ThreadSanitizer and
# AddressSanitizer, then all, then the fuzz targets for a few seconds each. --full adds the tests labelled full, and
# AddressSanitizer runs over all of them. Other arguments go to every ctest: -R NAME, -L LABEL; where these pick tests,
# the fuzz targets are left out.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

presets=(tsan asan-core dev)
labels=(-LE '^full$')
args=()
fuzz=1
for arg in "$@"; do
  [[ $arg != -[RLI] && $arg != --tests-regex* && $arg != --label-regex* ]] || fuzz=0
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

if [[ $fuzz -eq 1 ]]; then
  echo
  echo "== fuzz"
  log=build/fuzz.log
  "$root/scripts/fuzz.sh" --seconds 5 2>&1 | tee "$log" || failed+=(fuzz)
  # Before dev's, see below.
  closing=("${closing[@]:0:${#closing[@]}-1}" "$(tail -n 1 "$log")" "${closing[-1]}")
fi

echo
echo "== In short"
# The last is dev, which has run every test; its line stands as ctest wrote it.
printf '%s\n' "${closing[@]:0:${#closing[@]}-1}"
echo "${closing[-1]#dev: }"
[[ ${#failed[@]} -eq 0 ]] ||
  die "test: failed in ${failed[*]}; the full output is in build/PRESET/test.log, that of fuzz in build/fuzz.log"
