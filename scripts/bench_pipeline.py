"""Measures the detection pipeline against its peers in turns and prints the ratios.

usage: bench_pipeline.py --shared DIR --python PYTHON --peers PEERS [--rounds 10] [--seconds 3] [--nireq 4]
                         [--iterations 60] [--models yolov5n,yolov5s] [--output build/bench]

Each round runs everything once, every second round in reverse, so that a machine that slows down slows all alike; a
ratio is taken within its round, and its spread over the rounds says how far to trust the median.
"""

import argparse
import pathlib
import re
import statistics
import subprocess
import sys

import bench_report
from in_turns import in_turns, run, run_and_weigh, spread

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMMAND = ROOT / "build/release/cli/inferqueue"
HINTS = ("THROUGHPUT", "LATENCY")
POOL_JOBS = (2, 4, 8)
# Files of the folder of pictures: so many that starting and ending don't count.
COPIES = {"yolov5n": 600, "yolov5s": 100}


class Subject:
    """A model, and everything that is measured with it. Each measurement returns {name: value}: images/s, CPU seconds an
    image and peak memory in MiB, None where the program doesn't tell."""

    def __init__(self, name: str, model: pathlib.Path, a: argparse.Namespace):
        self.name, self.model, self.a = name, str(model), a
        self.images = f"{a.shared}/images"

    def calls(self) -> dict:
        return {f"{self.name} queue": lambda: self.ours("queue"),
                f"{self.name} inference": lambda: self.ours("inference"),
                f"{self.name} files": self.files,
                f"{self.name} files, fast": lambda: self.files("--fast-decode"),
                **{f"{self.name} {hint}": lambda hint=hint: self.python(hint) for hint in HINTS},
                **{f"{self.name} pool {jobs}": lambda jobs=jobs: self.pool(jobs) for jobs in POOL_JOBS}}

    def ours(self, mode: str) -> dict:
        out, peak = run_and_weigh([str(COMMAND), "bench", "--model", self.model, "--source", self.images, "--modes", mode,
                                   "--hint", "throughput", "--nireq", str(self.a.nireq), "--rounds", "1",
                                   "--seconds", str(self.a.seconds), "--json", "-"])
        what = "InferQueue" if mode == "queue" else "InferQueue, inference only"
        return {f"{self.name}: {what}": (out["runs"][0]["throughput_per_s"], out["runs"][0]["cpu_s_per_item"], peak)}

    def files(self, *more: str) -> dict:
        """`detect` over the JPEG files again and again, under other names."""
        folder = self.a.output / "pictures" / self.name
        folder.mkdir(parents=True, exist_ok=True)
        originals = sorted(pathlib.Path(self.images).glob("*.jpg"))
        for i in range(COPIES[self.name]):
            link = folder / f"{i:04}.jpg"
            if not link.exists():
                link.symlink_to(originals[i % len(originals)].resolve())
        done = subprocess.run([str(COMMAND), "detect", "--model", self.model, "--source", str(folder), "--nosave",
                               "--hint", "throughput", "--nireq", str(self.a.nireq), *more],
                              capture_output=True, text=True, check=False)
        told = re.search(r"\(([\d.]+) pictures/s\)", done.stdout)
        if done.returncode != 0 or told is None:
            sys.exit(f"bench: detect failed with {done.returncode}:\n{done.stderr}")
        what = " ".join(["InferQueue, from JPEG files", *more])
        return {f"{self.name}: {what}": (float(told.group(1)), None, None)}

    def python(self, hint: str) -> dict:
        iterations = self.a.iterations if self.name == "yolov5n" else max(10, self.a.iterations // 5)
        out, peak = run_and_weigh([self.a.python, f"{self.a.shared}/baselines/seed_program.py", self.model, self.images,
                                   "--iterations", str(iterations), "--hint", hint])
        modes = ("sync", "two_requests", "queue")
        return {f"{self.name}: Python {mode}, {hint}": (out[f"{mode}_images_per_s"], None, peak) for mode in modes}

    def pool(self, jobs: int) -> dict:
        out = run([self.a.peers, "pool", self.model, "--hint", "THROUGHPUT", "--jobs", str(jobs),
                   "--seconds", str(self.a.seconds)])
        return {f"{self.name}: bare inference, {jobs} jobs": (out["items_per_s"], out["cpu_s_per_item"], None)}

    def ratios(self, rounds: list[dict]) -> dict:
        """Of the peers the best of the same round counts: they would be tuned, too."""
        def best(found: dict, start: str, of: int) -> float:
            values = [value[of] for name, value in found.items() if name.startswith(f"{self.name}: {start}")]
            return max(values) if of == 0 else min(values)

        def ratio(ours: str, start: str, of: int) -> dict:
            return spread([found[f"{self.name}: {ours}"][of] / best(found, start, of) for found in rounds])

        queue, only = f"{self.name}: InferQueue", f"{self.name}: InferQueue, inference only"
        return {f"{self.name}: CPU an image: InferQueue / bare inference": ratio("InferQueue", "bare", 1),
                f"{self.name}: images/s: InferQueue / bare inference": ratio("InferQueue", "bare", 0),
                f"{self.name}: images/s: InferQueue / Python's best": ratio("InferQueue", "Python", 0),
                f"{self.name}: images/s: from JPEG files / bare inference":
                    ratio("InferQueue, from JPEG files", "bare", 0),
                f"{self.name}: images/s: from JPEG files --fast-decode / bare inference":
                    ratio("InferQueue, from JPEG files --fast-decode", "bare", 0),
                f"{self.name}: peak memory: InferQueue / Python's least": ratio("InferQueue", "Python", 2),
                f"{self.name}: peak memory, MiB above the same command's inference only":
                    spread([found[queue][2] - found[only][2] for found in rounds])}


def summarize(rounds: list[dict], subjects: list[Subject]) -> dict:
    names = list(rounds[0])
    cpu = {name: statistics.median(r[name][1] for r in rounds) for name in names if rounds[0][name][1] is not None}
    ratios = {name: ratio for subject in subjects for name, ratio in subject.ratios(rounds).items()}
    return {"rates": {name: spread([r[name][0] for r in rounds]) for name in names}, "cpu": cpu, "ratios": ratios}


def builtin(name: str, folder: pathlib.Path) -> pathlib.Path:
    """As a file, which the peers can read."""
    model = folder / "models" / f"{name}.xml"
    if not model.exists():
        model.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([str(COMMAND), "export", f"builtin:{name}", str(model)], check=True, stdout=sys.stderr)
    return model


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--shared", "--python", "--peers"):
        ap.add_argument(name, required=True)
    ap.add_argument("--rounds", type=int, default=10)
    ap.add_argument("--seconds", type=float, default=3)
    ap.add_argument("--nireq", type=int, default=4)
    ap.add_argument("--iterations", type=int, default=60, help="images a mode of the Python program")
    ap.add_argument("--models", default="yolov5n,yolov5s", help="yolov5n at 416x416, yolov5s (random weights) at 640x640")
    ap.add_argument("--output", type=pathlib.Path, default=ROOT / "build/bench")
    a = ap.parse_args()

    paths = {"yolov5n": lambda: pathlib.Path(a.shared) / "models/yolov5n/yolov5n.xml",
             "yolov5s": lambda: builtin("yolov5s", a.output)}
    subjects = [Subject(name, paths[name](), a) for name in a.models.split(",")]
    calls = {name: call for subject in subjects for name, call in subject.calls().items()}
    rounds = in_turns(calls, a.rounds, lambda value: f"{value[0]:.1f}")
    command = (f"YOLOv5n 416 and YOLOv5s 640, {a.rounds} rounds in turns, `./dev bench --rounds {a.rounds} --seconds "
               f"{a.seconds} --nireq {a.nireq} --iterations {a.iterations}`.")
    bench_report.write(a.output, "pipeline", "The detection pipeline and its peers", command, rounds,
                       summarize(rounds, subjects), bench_report.Units("images/s", "CPU ms an image", 1e3, 1))


main()
