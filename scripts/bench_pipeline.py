"""Measures the detection pipeline against its peers in turns and prints the ratios.

usage: bench_pipeline.py --shared DIR --python PYTHON --peers PEERS [--rounds 10] [--seconds 4] [--nireq 4]
                         [--iterations 60] [--output build/bench]

Each round runs everything once, every second round in reverse, so that a machine that slows down slows all alike; a
ratio is taken within its round, and its spread over the rounds says how far to trust the median.
"""

import argparse
import pathlib
import statistics

import bench_report
from in_turns import in_turns, run, spread

ROOT = pathlib.Path(__file__).resolve().parent.parent
HINTS = ("THROUGHPUT", "LATENCY")
POOL_JOBS = (2, 4, 8)


def measure(a: argparse.Namespace) -> dict:
    """One call for each thing that is measured; each returns {name: (images/s, CPU seconds an image or None)}."""
    model, images = f"{a.shared}/models/yolov5n/yolov5n.xml", f"{a.shared}/images"

    def ours() -> dict:
        out = run([str(ROOT / "build/release/cli/inferqueue"), "bench", "--model", model, "--source", images, "--modes",
                   "queue", "--hint", "throughput", "--nireq", str(a.nireq), "--rounds", "1",
                   "--seconds", str(a.seconds), "--json", "-"])
        rate = statistics.median(r["images_per_s"] for r in out["runs"])
        return {"InferQueue": (rate, statistics.median(r["cpu_s_per_image"] for r in out["runs"]))}

    def python(hint: str) -> dict:
        out = run([a.python, f"{a.shared}/baselines/seed_program.py", model, images, "--iterations", str(a.iterations),
                   "--hint", hint])
        modes = ("sync", "two_requests", "queue")
        return {f"Python {mode}, {hint}": (out[f"{mode}_images_per_s"], None) for mode in modes}

    def pool(jobs: int) -> dict:
        out = run([a.peers, "pool", model, "--hint", "THROUGHPUT", "--jobs", str(jobs), "--seconds", str(a.seconds)])
        return {f"inference only, {jobs} jobs": (out["items_per_s"], out["cpu_s_per_item"])}

    return {"InferQueue": ours,
            **{f"Python {hint}": lambda hint=hint: python(hint) for hint in HINTS},
            **{f"pool {jobs}": lambda jobs=jobs: pool(jobs) for jobs in POOL_JOBS}}


def summarize(rounds: list[dict]) -> dict:
    names = list(rounds[0])
    rates = {name: spread([r[name][0] for r in rounds]) for name in names}
    cpu = {name: statistics.median(r[name][1] for r in rounds) for name in names if rounds[0][name][1] is not None}

    def ratio(of: int, prefix: str) -> dict:
        # The peer's best mode of the same round counts: it would be tuned, too.
        best = max if of == 0 else min
        return spread([r["InferQueue"][of] / best(v[of] for n, v in r.items() if n.startswith(prefix)) for r in rounds])

    ratios = {"images/s: InferQueue / Python's best": ratio(0, "Python"),
              "images/s: InferQueue / inference only": ratio(0, "inference only"),
              "CPU an image: InferQueue / inference only": ratio(1, "inference only")}
    return {"rates": rates, "cpu": cpu, "ratios": ratios}


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--shared", "--python", "--peers"):
        ap.add_argument(name, required=True)
    ap.add_argument("--rounds", type=int, default=10)
    ap.add_argument("--seconds", type=float, default=4)
    ap.add_argument("--nireq", type=int, default=4)
    ap.add_argument("--iterations", type=int, default=60, help="images a mode of the Python program")
    ap.add_argument("--output", type=pathlib.Path, default=ROOT / "build/bench")
    a = ap.parse_args()

    rounds = in_turns(measure(a), a.rounds, lambda value: f"{value[0]:.1f}")
    command = (f"YOLOv5n 416, {a.rounds} rounds in turns, `./dev bench --rounds {a.rounds} --seconds {a.seconds} "
               f"--nireq {a.nireq} --iterations {a.iterations}`.")
    bench_report.write(a.output, "pipeline", "The detection pipeline and its peers", command, rounds, summarize(rounds),
                       bench_report.Units("images/s", "CPU ms an image", 1e3, 1))


main()
