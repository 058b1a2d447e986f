"""Measures what the queue itself costs, against the barest pool of requests and Python's AsyncInferQueue, in turns.

usage: bench_queue.py --shared DIR --python PYTHON --peers PEERS [--rounds 10] [--seconds 2] [--jobs 8]
                      [--requests 20000] [--output build/bench]

The model is builtin:relu, [1,16]: next to no work, so that the queue's own cost shows. The queue keeps its statistics.
"Submitting ahead" is QueueOptions::submit_ahead of twice the jobs; all else is as by default.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile

import bench_report
from in_turns import in_turns, run, spread

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODEL = "builtin:relu"
CALLBACK_US = 1000
POOL = "bare pool"
PYTHON = "Python AsyncInferQueue"
INLINE, OWN = "InferQueue, inline callbacks", "InferQueue, one callback thread"
AHEAD = "InferQueue, inline callbacks, submitting ahead"
SLOW = "InferQueue, callbacks of 1 ms"
OTHERS = {"InferQueue, futures": ["--way", "future"], "InferQueue, co_await": ["--way", "coroutine"]}


def measure(a: argparse.Namespace, model_file: str, threads: int) -> dict:
    """One call for each thing that is measured; each returns {name: (items/s, CPU seconds an item or None)}."""
    def pool() -> dict:
        out = run([a.peers, "pool", MODEL, "--jobs", str(a.jobs), "--seconds", str(a.seconds)])
        return {POOL: (out["items_per_s"], out["cpu_s_per_item"])}

    def python() -> dict:
        out = run([a.python, f"{a.shared}/baselines/queue_requests.py", model_file, "--jobs", str(a.jobs),
                   "--requests", str(a.requests)])
        return {PYTHON: (out["requests_per_s"], None)}

    def ours(name: str, options: list[str]) -> dict:
        out = run([str(ROOT / "build/release/bench/queue_load"), MODEL, "--jobs", str(a.jobs),
                   "--seconds", str(a.seconds), *options])
        return {name: (out["items_per_s"], out["cpu_s_per_item"])}

    # The pool next to the ones that are compared with it.
    return {"own": lambda: ours(OWN, ["--callback-threads", "1"]), "pool": pool, "inline": lambda: ours(INLINE, []),
            "ahead": lambda: ours(AHEAD, ["--submit-ahead", str(2 * a.jobs)]),
            **{name: lambda name=name, options=options: ours(name, options) for name, options in OTHERS.items()},
            "slow": lambda: ours(SLOW, ["--callback-threads", str(threads), "--callback-us", str(CALLBACK_US)]),
            "python": python}


def summarize(rounds: list[dict], threads: int) -> dict:
    def ratio(of: str, to) -> dict:
        return spread([r[of][0] / to(r) for r in rounds])

    # Callbacks of 1 ms keep their threads busy: no more than threads per ms can be done, nor more than is inferred.
    limit = threads * 1e6 / CALLBACK_US
    return {"rates": {name: spread([r[name][0] for r in rounds]) for name in rounds[0]},
            "cpu": {name: statistics.median(r[name][1] for r in rounds)
                    for name in rounds[0] if rounds[0][name][1] is not None},
            "ratios": {f"{INLINE} / {POOL}": ratio(INLINE, lambda r: r[POOL][0]),
                       f"{OWN} / {POOL}": ratio(OWN, lambda r: r[POOL][0]),
                       f"{SLOW} / their limit": ratio(SLOW, lambda r: min(limit, r[POOL][0])),
                       f"{AHEAD} / {POOL}": ratio(AHEAD, lambda r: r[POOL][0]),
                       f"{INLINE} / {PYTHON}": ratio(INLINE, lambda r: r[PYTHON][0]),
                       f"{AHEAD} / {PYTHON}": ratio(AHEAD, lambda r: r[PYTHON][0])}}


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--shared", "--python", "--peers"):
        ap.add_argument(name, required=True)
    ap.add_argument("--rounds", type=int, default=10)
    ap.add_argument("--seconds", type=float, default=2)
    ap.add_argument("--jobs", type=int, default=8)
    ap.add_argument("--requests", type=int, default=20000, help="of the Python program")
    ap.add_argument("--output", type=pathlib.Path, default=ROOT / "build/bench")
    a = ap.parse_args()

    threads = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        model_file = f"{folder}/relu.xml"
        subprocess.run([str(ROOT / "build/release/cli/inferqueue"), "export", MODEL, model_file], check=True,
                       capture_output=True)
        rounds = in_turns(measure(a, model_file, threads), a.rounds, lambda value: f"{value[0]:.0f}")
    command = (f"{MODEL}, {a.jobs} jobs, {a.rounds} rounds in turns, `./dev bench queue --rounds {a.rounds} "
               f"--seconds {a.seconds} --jobs {a.jobs} --requests {a.requests}`.")
    bench_report.write(a.output, "queue", "The queue's own cost", command, rounds, summarize(rounds, threads),
                       bench_report.Units("items/s", "CPU µs an item", 1e6, 0))


main()
