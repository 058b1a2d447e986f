#!/usr/bin/env bash
# usage: bench.sh [pipeline|queue|app] [OPTIONS of bench_pipeline.py, bench_queue.py or bench_peer.py: --seconds 4 …]
# Builds the command and its peers, and measures them in turns: the detection pipeline on YOLOv5n, what the queue
# itself costs, or the queue against OpenVINO's benchmark_app. The peers, the model and the pictures lie beside the project, in ../shared or $INFERQUEUE_SHARED.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

what=pipeline
if [[ ${1:-} == pipeline || ${1:-} == queue || ${1:-} == app ]]; then
  what=$1
  shift
fi

shared=${INFERQUEUE_SHARED:-$root/../shared}
[[ -f $shared/baselines/CMakeLists.txt ]] || die "bench: the peers and their model are in ../shared (or \
\$INFERQUEUE_SHARED), which is not here: there is nothing to measure against." \
  "./dev run bench --help measures the modes of InferQueue alone."
shared=$(realpath "$shared")

"$root/scripts/setup.sh" build bench
"$root/scripts/build.sh" release
if [[ $what == queue ]]; then
  cmake -S "$root" -B "$root/build/release" -DINFERQUEUE_BUILD_BENCHMARKS=ON >&2
  cmake --build "$root/build/release" --target queue_load >&2
fi

# With the OpenVINO that the command is linked with.
openvino=$(sed -n 's/^OpenVINO_DIR:[A-Z]*=//p' "$root/build/release/CMakeCache.txt")
peers=$root/build/peers
[[ -f $peers/build.ninja && $(sed -n 's/^OpenVINO_DIR:[A-Z]*=//p' "$peers/CMakeCache.txt") == "$openvino" ]] ||
  cmake -S "$shared/baselines" -B "$peers" -G Ninja -DCMAKE_BUILD_TYPE=Release -DOpenVINO_DIR="$openvino" >&2
cmake --build "$peers" >&2

# The Python peer runs on the same release of OpenVINO, from its own folder: a virtual environment can't be moved.
python=$("$root/scripts/python-env.sh" python-peers "$root/scripts/python-peers.txt")

cd "$root"
[[ $what != app ]] || what=peer
exec python3 "scripts/bench_$what.py" --shared "$shared" --python "$python" --peers "$peers/peers" "$@"
