#!/usr/bin/env bash
# usage: fuzz.sh [--seconds 20] [TARGET…]   Runs the fuzz targets of tests/fuzz (default: all) for so long each, from
# the seeds in tests/fuzz/corpus and what earlier runs have kept in build/fuzz/corpus. What makes a target fail goes to
# build/fuzz/crashes/TARGET, its log to build/fuzz/logs/TARGET.log.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

mapfile -t known < <(find "$root/tests/fuzz" -name '*_fuzz.cpp' -printf '%f\n' | sed 's/_fuzz.cpp$//' | LC_ALL=C sort)
seconds=20
targets=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --seconds)
      seconds=${2:-}
      [[ $seconds =~ ^[1-9][0-9]*$ ]] || die "fuzz: --seconds '$seconds': give a whole number above 0"
      shift
      ;;
    -*) die "fuzz: unknown option '$1'; there is --seconds N" ;;
    *)
      [[ " ${known[*]} " == *" $1 "* ]] || die "fuzz: there is no target '$1'; there are: ${known[*]}"
      targets+=("$1")
      ;;
  esac
  shift
done
[[ ${#targets[@]} -gt 0 ]] || targets=("${known[@]}")

"$root/scripts/setup.sh" build fuzz
"$root/scripts/build.sh" fuzz fuzzers
cd "$root/build/fuzz"
mkdir -p logs tmp
# What a target that was ended has left behind; a run that is still going on would lose it, so one at a time.
exec 9>.lock
flock 9
rm -rf tmp/*

# TBB_ENABLE_SANITIZERS: see docs/development.md. addr2line comes with the linker, llvm-symbolizer in a large package.
export TBB_ENABLE_SANITIZERS=1 TMPDIR=$PWD/tmp
symbolizer=external_symbolizer_path=$(command -v addr2line)
export ASAN_OPTIONS=$symbolizer UBSAN_OPTIONS=print_stacktrace=1:$symbolizer

# One try may take 10 s and 2 GB: what takes more is a finding. Paths are absolute, since a target may go elsewhere.
fuzz() {
  local target=$1 seconds=$2 seeds=$3/$1 options
  mkdir -p "corpus/$target" "crashes/$target"
  options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 -print_funcs=0
    -artifact_prefix="$PWD/crashes/$target/")
  "tests/fuzz/${target}_fuzz" "${options[@]}" "$PWD/corpus/$target" "$seeds" >"logs/$target.log" 2>&1 ||
    touch "logs/$target.failed"
}
export -f fuzz
rm -f logs/*.failed
say "Fuzzing ${#targets[@]} targets, $seconds s each"
printf '%s\n' "${targets[@]}" | xargs -P "$jobs" -I{} bash -c 'fuzz "$@"' fuzz {} "$seconds" "$root/tests/fuzz/corpus"

failed=()
for target in "${targets[@]}"; do
  log=logs/$target.log
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  reached=$(sed -nE 's/^#[0-9]+.* cov: ([0-9]+) ft: ([0-9]+).*/\1 \2/p' "$log" | tail -n 1)
  printf '   %-15s %10s tries, %5s edges and %5s features reached' \
    "$target" "${runs:-?}" "${reached% *}" "${reached#* }"
  if [[ -f logs/$target.failed ]]; then
    failed+=("$target")
    printf '  FAILED\n'
    tail -n 40 "$log" | grep -vE '^(stat::|#[0-9]+\s|0x)' >&2 || true
    echo "   once more: build/fuzz/tests/fuzz/${target}_fuzz $(sed -n 's/^.*Test unit written to //p' "$log")" >&2
  else
    printf '\n'
  fi
done
[[ ${#failed[@]} -eq 0 ]] || die "fuzz: failed: ${failed[*]}; the whole text is in build/fuzz/logs/TARGET.log"
echo "fuzz: ${#targets[@]} targets found nothing in $seconds s each"
