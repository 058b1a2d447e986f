"""Runs clang-tidy, with clang's thread-safety analysis, over the project's own files of build/dev.

usage: tidy.py [PATH…]   Without a path all files; else those whose path holds one of the words.

A file that was found clean is not looked at again until it, a header of the project that it includes, its command
line, the rules or the tools change: build/lint/ keeps a stamp for each such state. Only clean states are kept.
"""

import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/dev"
STAMPS = ROOT / "build/lint"
TIDY = "clang-tidy-19"
OWN = ("src", "include", "cli", "tests", "examples", "bench")
# The database is made for GCC, some of whose warnings clang doesn't know.
EXTRA = ["-Wthread-safety", "-Wthread-safety-beta", "-Wno-unknown-warning-option"]
INCLUDE = re.compile(rb'^\s*#\s*include\s*[<"]([^">]+)[">]', re.MULTILINE)


@functools.cache
def included(path: pathlib.Path) -> frozenset[pathlib.Path]:
    """The project's files that this one names in an #include."""
    folders = (path.parent, ROOT / "include", ROOT / "src", ROOT, ROOT / "tests")
    found = set()
    for name in INCLUDE.findall(path.read_bytes()):
        candidates = [folder / name.decode() for folder in folders]
        found.update(c.resolve() for c in candidates if c.is_file())
    return frozenset(found)


def closure(path: pathlib.Path) -> list[pathlib.Path]:
    seen, waiting = set(), [path]
    while waiting:
        file = waiting.pop()
        if file not in seen:
            seen.add(file)
            waiting.extend(included(file))
    return sorted(seen)


def fingerprint_of_tools() -> bytes:
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    compiler = subprocess.run(["g++", "--version"], capture_output=True, check=True).stdout
    rules = b"".join(p.read_bytes() for p in sorted([ROOT / ".clang-tidy", *ROOT.glob("*/.clang-tidy")]))
    lock = (ROOT / "scripts/openvino.lock").read_bytes()
    return version + compiler + rules + lock + " ".join(EXTRA).encode()


def state(entry: dict, tools: bytes) -> str:
    digest = hashlib.sha256(tools + entry["command"].encode())
    for file in closure(pathlib.Path(entry["file"])):
        digest.update(str(file).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def check(entry: dict, stamp: pathlib.Path) -> tuple[str, bool, float]:
    start = time.monotonic()
    extra = [f"--extra-arg={argument}" for argument in EXTRA]
    done = subprocess.run([TIDY, "--quiet", "-p", str(BUILD), *extra, entry["file"]], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    # stderr counts the warnings of system headers; it matters only when clang-tidy itself went wrong.
    text = done.stdout.strip() or (done.stderr.strip() if done.returncode else "")
    clean = done.returncode == 0 and not done.stdout.strip()
    if clean:
        stamp.touch()
    return text, clean, time.monotonic() - start


def main() -> int:
    words = sys.argv[1:]
    entries = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        relative = path.relative_to(ROOT) if path.is_relative_to(ROOT) else None
        if relative and relative.parts[0] in OWN and (not words or any(w in str(relative) for w in words)):
            entries[str(relative)] = entry
    STAMPS.mkdir(parents=True, exist_ok=True)
    tools = fingerprint_of_tools()
    stamps = {name: STAMPS / state(entry, tools) for name, entry in entries.items()}
    waiting = [name for name in sorted(entries) if not stamps[name].exists()]
    print(f"   {len(entries)} files, {len(waiting)} new or changed", flush=True)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {pool.submit(check, entries[name], stamps[name]): name for name in waiting}
        for count, run in enumerate(concurrent.futures.as_completed(runs), 1):
            text, clean, seconds = run.result()
            failed += not clean
            print(f"   [{count}/{len(waiting)}] {runs[run]} {seconds:.0f} s" + ("" if clean else f"\n{text}"), flush=True)
    if failed:
        print(f"{failed} files with findings: mend the code; `python3 scripts/tidy.py NAME` looks at one file again")
    return 1 if failed else 0


sys.exit(main())
