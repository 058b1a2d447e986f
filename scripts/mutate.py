"""Puts mistakes into a copy of the core, one at a time, and tells which of them its tests don't notice.

usage: mutate.py [--sample N] [--seed S] [--jobs J] [--limit SECONDS] [--list] [FILE…]

Without a FILE all of src/core and src/base/ref.hpp. What was found out is kept in build/mutate/state.jsonl while the
core and its tests stay as they are, so that a run that was interrupted goes on, and a larger sample adds to a smaller
one. The report with the survivors is build/mutate/report.md. tests/mutation/equivalent.txt lists those that nobody
could notice.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import pathlib
import queue
import random
import sys
import time

from mutants import Mutant, flat, mutants_of
from mutation_bench import PARTS, ROOT, Bench, Broken, Outcome

BUILD = ROOT / "build/mutate"
EQUIVALENT = ROOT / "tests/mutation/equivalent.txt"
NOTICED = ("killed", "hang")
VERDICTS = (*NOTICED, "survived", "same code", "listed as equivalent", "not compiled")
Key = tuple[str, str, str]  # file, line, the line as the mutant has it


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev mutate", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("files", nargs="*", metavar="FILE", help="the files to make mistakes in (all of the core)")
    parser.add_argument("--sample", type=int, metavar="N", help="only so many mutants, picked at random")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="which ones are picked (1)")
    parser.add_argument("--jobs", type=int, default=1, metavar="J", help="so many at once (1)")
    parser.add_argument("--limit", type=float, default=20, metavar="SECONDS",
                        help="for the tests of one mutant; what takes longer hangs (20)")
    parser.add_argument("--list", action="store_true", help="only show the mutants")
    return parser.parse_args()


def files_of(names: list[str]) -> list[str]:
    if not names:
        core = (path for pattern in ("*.cpp", "*.hpp") for path in (ROOT / "src/core").glob(pattern))
        return sorted(str(path.relative_to(ROOT)) for path in (*core, ROOT / "src/base/ref.hpp"))
    files = []
    for name in names:
        path = next((p for p in (pathlib.Path(name).resolve(), ROOT / name) if p.is_file()), None)
        if path is None or not path.is_relative_to(ROOT / "src"):
            sys.exit(f"mutate: there is no file {name} in src/")
        files.append(str(path.relative_to(ROOT)))
    return sorted(set(files))


def read_equivalent() -> dict[Key, str]:
    """Entries of four lines: the file, "- " the line, "+ " the mutant's, "because " why nobody can notice."""
    if not EQUIVALENT.exists():
        return {}
    entries = {}
    lines = [line.strip() for line in EQUIVALENT.read_text().splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    for i in range(0, len(lines), 4):
        entry = lines[i:i + 4]
        if len(entry) < 4 or [line[:2] for line in entry[1:]] != ["- ", "+ ", "be"]:
            sys.exit(f"mutate: {EQUIVALENT.relative_to(ROOT)}: not four lines, file, - , + and because: {entry[0]}")
        entries[entry[0], flat(entry[1][2:]), flat(entry[2][2:])] = entry[3].removeprefix("because ")
    return entries


def key_of(mutant: Mutant) -> Key:
    return mutant.file, mutant.before, mutant.after


class State:
    """What was found out about the core as it is now."""

    def __init__(self, limit: float):
        digest = hashlib.sha256(str(limit).encode())
        for part in PARTS:
            for path in [ROOT / part] if (ROOT / part).is_file() else sorted((ROOT / part).rglob("*")):
                folders = path.relative_to(ROOT).parts
                if path.is_file() and (len(folders) < 3 or folders[1] in ("base", "core", "support", "inferqueue")):
                    digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
        self.file = BUILD / "state.jsonl"
        self.outcomes: dict[str, Outcome] = {}
        head = {"sources": digest.hexdigest()}
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        if lines and json.loads(lines[0]) == head:
            for line in lines[1:]:
                found = json.loads(line)
                name = found.pop("mutant")
                self.outcomes[name] = Outcome(**found)
        else:
            self.file.write_text(json.dumps(head) + "\n")

    @staticmethod
    def name(mutant: Mutant) -> str:
        return f"{mutant.file}:{mutant.start}-{mutant.end}:{mutant.text}"

    def known(self, mutant: Mutant) -> Outcome | None:
        return self.outcomes.get(self.name(mutant))

    def add(self, mutant: Mutant, outcome: Outcome) -> None:
        self.outcomes[self.name(mutant)] = outcome
        with self.file.open("a") as file:
            file.write(json.dumps({"mutant": self.name(mutant), **vars(outcome)}) + "\n")


def try_all(waiting: list[Mutant], state: State, jobs: int, limit: float) -> None:
    """Each worker has a copy of the tree, and takes the next mutant: mostly of the same file, which is then the only
    one to be built again."""
    benches: queue.SimpleQueue[Bench] = queue.SimpleQueue()
    for number in range(jobs):
        bench = Bench(BUILD / f"worker{number}", 1 if jobs > 1 else 2, limit)
        started = time.monotonic()
        tests = bench.prepare()
        print(f"-- copy {number + 1} of {jobs}: built and tested in {time.monotonic() - started:.0f} s, "
              f"the tests alone take {tests:.1f} s", flush=True)
        benches.put(bench)

    def work(mutant: Mutant) -> Outcome:
        bench = benches.get()
        try:
            return bench.try_out(mutant)
        finally:
            benches.put(bench)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        runs = {pool.submit(work, mutant): mutant for mutant in waiting}
        try:
            for count, run in enumerate(concurrent.futures.as_completed(runs), 1):
                mutant, outcome = runs[run], run.result()
                state.add(mutant, outcome)
                print(f"   [{count}/{len(waiting)}] {mutant.place} {mutant.operator}: {outcome.verdict}"
                      f"{' by ' + outcome.detail if outcome.detail else ''} "
                      f"({outcome.build:.1f} + {outcome.test:.1f} s)", flush=True)
        except KeyboardInterrupt:
            pool.shutdown(wait=True, cancel_futures=True)
            sys.exit("mutate: interrupted; the same command goes on from here")


def table(verdicts: dict[Mutant, str]) -> list[str]:
    by_file: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    for mutant, verdict in verdicts.items():
        by_file[mutant.file][verdict] += 1
        by_file["all"][verdict] += 1
    lines = [f"| file | mutants | {' | '.join(VERDICTS)} | noticed |", "|---" * (len(VERDICTS) + 3) + "|"]
    for file in [*sorted(by_file.keys() - {"all"}), "all"]:
        counts = by_file[file]
        cells = [str(counts.total()), *(str(counts[verdict]) for verdict in VERDICTS), score(counts)]
        lines.append(f"| {file} | {' | '.join(cells)} |")
    return lines


def score(counts: collections.Counter) -> str:
    noticed = sum(counts[verdict] for verdict in NOTICED)
    judged = noticed + counts["survived"]
    return f"{100 * noticed / judged:.0f} %" if judged else "–"


def report(verdicts: dict[Mutant, str], equivalent: dict[Key, str], everything: bool) -> None:
    lines = ["# Mistakes that the core's tests were shown", "", *table(verdicts), "",
             "Noticed: those killed by a failing test or a hang, of these and the survivors.", "", "## Survivors"]
    for mutant, verdict in verdicts.items():
        if verdict == "survived":
            lines += ["", f"{mutant.place}, {mutant.operator}:", "", "```diff", f"- {mutant.before}",
                      f"+ {mutant.after}", "```"]
    stale = [key for key in equivalent if key not in {key_of(mutant) for mutant in verdicts}] if everything else []
    if stale:
        lines += ["", f"## Entries of {EQUIVALENT.relative_to(ROOT)} that no mutant has any more", ""]
        lines += [f"- {file}: `{after}`" for file, _, after in stale]
    (BUILD / "report.md").write_text("\n".join(lines) + "\n")
    counts = collections.Counter(verdicts.values())
    print("mutate: " + ", ".join(f"{counts[v]} {v}" for v in VERDICTS) + f"; noticed {score(counts)}")
    print(f"mutate: survivors and figures by file are in {(BUILD / 'report.md').relative_to(ROOT)}")


def main() -> int:
    chosen = options()
    files = files_of(chosen.files)
    mutants = [mutant for file in files for mutant in mutants_of(file, (ROOT / file).read_text())]
    everything = not chosen.files and chosen.sample is None
    if chosen.sample is not None and chosen.sample < len(mutants):
        picked = set(random.Random(chosen.seed).sample(range(len(mutants)), chosen.sample))
        mutants = [mutant for i, mutant in enumerate(mutants) if i in picked]
    if chosen.list:
        for mutant in mutants:
            print(f"{mutant.place} {mutant.operator}\n- {mutant.before}\n+ {mutant.after}")
        print(f"{len(mutants)} mutants of {len(files)} files")
        return 0
    BUILD.mkdir(parents=True, exist_ok=True)
    equivalent = read_equivalent()
    state = State(chosen.limit)
    waiting = [m for m in mutants if key_of(m) not in equivalent and state.known(m) is None]
    print(f"mutate: {len(mutants)} mutants of {len(files)} files, {len(waiting)} to be tried", flush=True)
    if waiting:
        try:
            try_all(waiting, state, max(1, chosen.jobs), chosen.limit)
        except Broken as error:
            sys.exit(f"mutate: the core must build and pass its tests first:\n{error}")
    verdicts = {}
    for mutant in mutants:
        outcome = state.known(mutant)
        verdicts[mutant] = "listed as equivalent" if key_of(mutant) in equivalent else outcome.verdict
    report(verdicts, equivalent, everything)
    return 0


sys.exit(main())
