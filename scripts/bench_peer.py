"""Measures `inferqueue bench` against the benchmark_app of OpenVINO's wheel in turns and prints the ratios.

usage: bench_peer.py --shared DIR --python PYTHON [--pairs 10] [--seconds 5] [--nireq 2] [--hint throughput]
                     [--nstreams N, with --hint none] [--models yolov5n,mlp] [--output build/bench]

Both infer alone, with the same number of requests and streams under the same hint, and report the median of the same
latency: from the start of an inference to its completion, without the wait for a slot. A pair is one run of each, every
second pair in reverse; a ratio is taken within its pair.
"""

import argparse
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

import bench_report
from in_turns import in_turns, run, spread

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMMAND = ROOT / "build/release/cli/inferqueue"
OURS, PEER = "InferQueue", "benchmark_app"


def streams(a: argparse.Namespace) -> list[str]:
    return ["-nstreams", str(a.nstreams)] if a.nstreams else []


def ours(model: str, a: argparse.Namespace) -> tuple:
    """Items a second, CPU seconds an item, and the median latency in µs."""
    out = run([str(COMMAND), "bench", "-m", model, "-api", "async", "-hint", a.hint, "-nireq", str(a.nireq),
               *streams(a), "--seconds", str(a.seconds), "--rounds", "1", "--json", "-"])
    cell = out["runs"][0]
    return cell["throughput_per_s"], cell["cpu_s_per_item"], cell["benchmark_app_latency_us"]["p50"]


def peer(model: str, a: argparse.Namespace) -> tuple:
    """The same of benchmark_app, whose time is in whole seconds. Its report rounds the latency to 10 µs; what it prints
    is finer."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([str(pathlib.Path(a.python).parent / "benchmark_app"), "-m", model, "-d", "CPU",
                               "-api", "async", "-hint", a.hint, "-nireq", str(a.nireq), *streams(a),
                               "-t", str(a.seconds), "-report_type", "no_counters", "-report_folder", folder,
                               "-json_stats"], capture_output=True, text=True, check=False)
        report = pathlib.Path(folder) / "benchmark_report.json"
        printed = re.search(r"Median: +([0-9.]+) (us|ms)", done.stdout)
        if done.returncode != 0 or not report.exists() or not printed:
            sys.exit(f"bench: benchmark_app failed with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        found = json.loads(report.read_text())["execution_results"]
    return float(found["throughput"]), None, float(printed[1]) * (1e3 if printed[2] == "ms" else 1)


def builtin(name: str, folder: pathlib.Path) -> pathlib.Path:
    """As a file, which benchmark_app can read."""
    model = folder / "models" / f"{name}.xml"
    if not model.exists():
        model.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([str(COMMAND), "export", f"builtin:{name}", str(model)], check=True, stdout=sys.stderr)
    return model


def summarize(rounds: list[dict], models: list[str]) -> dict:
    ratios = {}
    for name in models:
        for which, of in (("items/s", 0), ("median latency", 2)):
            ratios[f"{name}: {which}: {OURS} / {PEER}"] = spread(
                [found[f"{name}: {OURS}"][of] / found[f"{name}: {PEER}"][of] for found in rounds])
    return {"rates": {name: spread([found[name][0] for found in rounds]) for name in rounds[0]},
            "cpu": {name: statistics.median(found[name][1] for found in rounds)
                    for name in rounds[0] if rounds[0][name][1] is not None},
            "ratios": ratios}


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--shared", required=True)
    ap.add_argument("--python", required=True)
    ap.add_argument("--peers", help="not used: this peer is the wheel's own")
    ap.add_argument("--pairs", type=int, default=10)
    ap.add_argument("--seconds", type=int, default=5)
    ap.add_argument("--nireq", type=int, default=2, help="2 is the device's choice on two cores")
    ap.add_argument("--nstreams", type=int, help="with --hint none; else the device's choice, the same for both")
    ap.add_argument("--hint", default="throughput")
    ap.add_argument("--models", default="yolov5n,mlp", help="yolov5n at 416x416, and builtin:mlp")
    ap.add_argument("--output", type=pathlib.Path, default=ROOT / "build/bench")
    a = ap.parse_args()
    if a.nstreams and a.hint != "none":
        ap.error("--nstreams: benchmark_app takes a number of streams with --hint none only")

    models = a.models.split(",")
    paths = {"yolov5n": lambda: pathlib.Path(a.shared) / "models/yolov5n/yolov5n.xml",
             "mlp": lambda: builtin("mlp", a.output)}
    calls = {}
    for name in models:
        path = str(paths[name]())
        calls[f"{name} ours"] = lambda name=name, path=path: {f"{name}: {OURS}": ours(path, a)}
        calls[f"{name} peer"] = lambda name=name, path=path: {f"{name}: {PEER}": peer(path, a)}
    rounds = in_turns(calls, a.pairs, lambda value: f"{value[0]:.1f}/s {value[2]:.0f} µs")
    command = (f"{a.models}, inference alone, {a.pairs} pairs in turns, `./dev bench app --pairs {a.pairs} --seconds "
               f"{a.seconds} --nireq {a.nireq} --hint {a.hint}{' '.join(['', *streams(a)])}`.")
    bench_report.write(a.output, "app", "The queue and benchmark_app", command, rounds, summarize(rounds, models),
                       bench_report.Units("items/s", "CPU µs an item", 1e6, 1))


main()
