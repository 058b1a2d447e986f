"""Puts Python's AsyncInferQueue and ours into the same faults, and writes a table of what came of it.

usage: torture.py --python PYTHON [--peer PROGRAM] [--repeat 3] [--timeout 20] [--output build/torture] [CASE…]

Python's cases are those of the peers' own program, and of torture_cases.py for what the contract promises beyond these;
ours are the tests Torture.* of the same names. Each runs in a process of its own, several times, because faults are
often races. The status is 1 if one of ours was not ok, whatever became of Python's.
"""

import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys

import machine
import torture_cases
from torture_process import ended

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = ROOT / "build/dev/tests/openvino/openvino_test"
CASES_OF_THE_PEER = {
    "bad_input_keeps_the_slots": ("2", "Wrong shapes and unknown names are refused; every later good request runs."),
    "throwing_callback_keeps_the_queue": ("3", "A callback's exception reaches wait_all once; the queue works on."),
    "four_threads_submit": ("1", "Four threads submit 500 requests each: each has one callback."),
    "submit_from_callback": ("5", "A callback submits the next request, with one slot: no deadlock, none is lost."),
    "destroy_in_flight": ("6", "The queue is destroyed with four requests in flight: their callbacks have run then."),
    "slow_callbacks_run_side_by_side": ("–", "Eight callbacks that take their time overlap, if that is asked for."),
}


def all_cases() -> dict[str, tuple[str, str]]:
    """The clause and what is asked, by the case's name; by clause."""
    own = {name: (function.clause, function.__doc__) for name, function in torture_cases.CASES.items()}
    return dict(sorted({**CASES_OF_THE_PEER, **own}.items(), key=lambda case: case[1][0].replace("–", "z")))


def test_of(case: str) -> str:
    return "Torture." + "".join(word.capitalize() for word in case.split("_"))


def check_twins(cases: dict) -> None:
    """Each case has its test, and each test its case."""
    listed = subprocess.run([OURS, "--gtest_list_tests", "--gtest_filter=Torture.*"], capture_output=True, text=True,
                            check=True).stdout
    tests = {f"Torture.{line.strip()}" for line in listed.splitlines() if line.startswith("  ")}
    alone = tests ^ {test_of(case) for case in cases}
    if alone:
        sys.exit(f"torture: without a twin: {', '.join(sorted(alone))}")


def python_outcome(command: list[str], case: str, timeout: float) -> str:
    how, child = ended([*command, case, "--timeout", str(timeout)], timeout + 60)
    try:
        return how or json.loads(child.stdout)["outcome"]
    except (json.JSONDecodeError, KeyError):
        return "no answer: " + (child.stderr.strip().splitlines() or ["?"])[-1]


def our_outcome(case: str, timeout: float) -> str:
    how, child = ended([str(OURS), f"--gtest_filter={test_of(case)}"], timeout)
    if how:
        return how
    if child.returncode == 0 and "[  PASSED  ] 1 test." in child.stdout:
        return "ok"
    # "FILE:LINE: Failure", and below it what was expected and what there was.
    failure = re.search(r"([^/\n]+): Failure\n((?:.+\n){1,5})", child.stdout)
    said = re.sub(r"\s+", " ", f"{failure[1]}: {failure[2]}") if failure else f"status {child.returncode}"
    return f"failed: {said.strip()}"


def summed_up(outcomes: list[str]) -> str:
    """`ok 1 of 3; hang 2 of 3`. Those that differ in their figures only are one, with the ranges of these."""
    alike = collections.defaultdict(list)
    for outcome in outcomes:
        alike[re.sub(r"\d+", "#", outcome)].append([int(figure) for figure in re.findall(r"\d+", outcome)])
    parts = []
    for text, figures in sorted(alike.items(), key=lambda group: -len(group[1])):
        for values in zip(*figures, strict=True):
            low, high = min(values), max(values)
            text = text.replace("#", str(low) if low == high else f"{low}–{high}", 1)
        parts.append(text if len(alike) == 1 else f"{text} {len(figures)} of {len(outcomes)}")
    return "; ".join(parts)


def run_all(a: argparse.Namespace, cases: dict) -> list[dict]:
    rows = []
    for number, (case, (clause, asked)) in enumerate(cases.items(), 1):
        program = a.peer if case in CASES_OF_THE_PEER else str(ROOT / "scripts/torture_cases.py")
        python = [python_outcome([a.python, program], case, a.timeout) for _ in range(a.repeat)] if program else []
        ours = [our_outcome(case, a.timeout) for _ in range(a.repeat)]
        row = {"clause": clause, "case": case, "asked": asked, "python": python, "ours": ours}
        rows.append(row)
        print(f"[{number}/{len(cases)}] {case}: Python: {shown(python)}; InferQueue: {shown(ours)}", file=sys.stderr,
              flush=True)
    return rows


def shown(outcomes: list[str]) -> str:
    return summed_up(outcomes) if outcomes else "left out"


def share(rows: list[dict], whose: str) -> str:
    """How many cases were always ok, never offered, and neither."""
    ran = [row[whose] for row in rows if row[whose]]
    ok = sum(all(outcome == "ok" for outcome in outcomes) for outcomes in ran)
    absent = sum(all(outcome.startswith("not offered") for outcome in outcomes) for outcomes in ran)
    parts = [f"{ok} of {len(ran)} ok", *([f"{absent} not offered"] if absent else []),
             *([f"{len(ran) - ok - absent} not ok"] if len(ran) > ok + absent else [])]
    return ", ".join(parts)


def table(rows: list[dict], about: dict, version: str, a: argparse.Namespace) -> str:
    def cell(text: str) -> str:
        return text.replace("|", "\\|")

    lines = ["# Torture", "",
             f"`./dev torture --repeat {a.repeat} --timeout {a.timeout:g}`, each run in a process of its own.", "",
             *(f"- {key}: {value}" for key, value in about.items()), "",
             f"| clause | case | what is asked | Python AsyncInferQueue {version} | InferQueue |",
             "|---|---|---|---|---|"]
    lines += [f"| {row['clause']} | `{row['case']}` | {cell(row['asked'])} | {cell(shown(row['python']))} | "
              f"{cell(shown(row['ours']))} |" for row in rows]
    lines += ["", f"Python: {share(rows, 'python')}. InferQueue: {share(rows, 'ours')}."]
    return "\n".join(lines) + "\n"


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--python", required=True, help="the one that has openvino")
    ap.add_argument("--peer", help="the peers' own program; without it its cases are left out for Python")
    ap.add_argument("--repeat", type=int, default=3)
    ap.add_argument("--timeout", type=float, default=20, help="of a case, in seconds")
    ap.add_argument("--output", type=pathlib.Path, default=ROOT / "build/torture")
    ap.add_argument("cases", nargs="*", metavar="CASE")
    a = ap.parse_args()
    if a.repeat < 1 or a.timeout <= 0:
        sys.exit("torture: --repeat and --timeout must be greater than 0")
    cases = all_cases()
    check_twins(cases)
    unknown = set(a.cases) - set(cases)
    if unknown:
        sys.exit(f"torture: no case {', '.join(sorted(unknown))}; there are: {', '.join(cases)}")

    rows = run_all(a, {case: cases[case] for case in cases if not a.cases or case in a.cases})
    version = machine.output(a.python, "-c", "import openvino; print(openvino.__version__)").partition("-")[0]
    about = machine.describe(ROOT, "dev")
    text = table(rows, about, version, a)
    a.output.mkdir(parents=True, exist_ok=True)
    (a.output / "torture.md").write_text(text)
    (a.output / "torture.json").write_text(
        json.dumps({"machine": about, "python": version, "repeat": a.repeat, "timeout_s": a.timeout, "cases": rows},
                   indent=1, ensure_ascii=False) + "\n")
    print(text)
    return 0 if all(outcome == "ok" for row in rows for outcome in row["ours"]) else 1


if __name__ == "__main__":
    sys.exit(main())
