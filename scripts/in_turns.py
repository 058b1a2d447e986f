"""Programs that are measured in turns, so that a machine that drifts slows all alike."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable


def run(command: list[str]) -> dict:
    return run_and_weigh(command)[0]


def run_and_weigh(command: list[str]) -> tuple[dict, float]:
    """What the program prints, and its peak memory in MiB."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        try:
            measured = json.loads(out.read())
        except json.JSONDecodeError:
            sys.exit(f"bench: {' '.join(command)} failed with {process.returncode}:\n{err.read().decode()}")
    if process.returncode != 0:
        # Python's AsyncInferQueue sometimes aborts when it is torn down, after the figures are out.
        print(f"bench: {pathlib.Path(command[1]).name} measured, and then ended with {process.returncode}",
              file=sys.stderr)
    return measured, used.ru_maxrss / 1024


def spread(values: list[float]) -> dict:
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def in_turns(calls: dict[str, Callable[[], dict]], rounds: int, shown: Callable) -> list[dict]:
    """Runs everything once a round, every second round in reverse. Each call returns {name: value}; each round is the
    union of these, by name."""
    done = []
    for number in range(rounds):
        found = {}
        for name in list(calls) if number % 2 == 0 else reversed(list(calls)):
            found.update(calls[name]())
        done.append({name: found[name] for name in sorted(found)})
        print(f"round {number + 1}/{rounds}: " + ", ".join(f"{n} {shown(v)}" for n, v in done[-1].items()),
              file=sys.stderr, flush=True)
    return done
