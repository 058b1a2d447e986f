"""A copy of the core and its tests, in which one mutant at a time is built and tested."""

import dataclasses
import hashlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time

from mutants import Mutant

ROOT = pathlib.Path(__file__).resolve().parent.parent
PARTS = ("CMakeLists.txt", "cmake", "include", "src", "tests")
# Optimized a little: quick to compile, and mutants that mean the same mostly become the same code.
CONFIGURE = ("-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g0 -w",
             "-DINFERQUEUE_WITH_OPENVINO=OFF", "-DINFERQUEUE_BUILD_EXAMPLES=OFF", "-DINFERQUEUE_INSTALL=OFF",
             # No cache: each mutant is compiled once in its life.
             "-DCMAKE_CXX_COMPILER_LAUNCHER=", "-DCMAKE_GTEST_DISCOVER_TESTS_DISCOVERY_MODE=PRE_TEST",
             f"-DCMAKE_PROJECT_INCLUDE={ROOT}/scripts/mutate.cmake")
# Tests are run in this order, by what they take in seconds without a mutant: most mutants die at once.
PHASES = (0.02, 0.3, float("inf"))
COMPILE_LIMIT = 300
MEMORY_LIMIT = 4 << 30  # some mutants would fill any
OUTPUT_LIMIT = 16 << 20


class Broken(Exception):
    """The core as it is can't be built, or fails its tests."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    verdict: str   # "killed", "hang", "survived", "not compiled" or "same code"
    detail: str    # the test that noticed
    build: float   # seconds
    test: float


@dataclasses.dataclass
class Run:
    program: pathlib.Path
    tests: list[str]  # GoogleTest's names; none: the program is one test
    limit: float      # seconds: what is over at once without a mutant needn't be waited for as long as all else


def limit_memory_and_output() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_LIMIT, OUTPUT_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_limited(command: list[str], seconds: float, is_mutant: bool = True) -> tuple[int | None, str]:
    """Its status, None where it took too long, and its output."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                   start_new_session=True,
                                   preexec_fn=limit_memory_and_output if is_mutant else None)
        try:
            status = process.wait(max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            status = None
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)  # and what it has started
            except ProcessLookupError:
                pass
            process.wait()
        output.seek(0)
        return status, output.read().decode(errors="replace")


def copy_changed(source: pathlib.Path, target: pathlib.Path) -> None:
    """Only what differs, so that only that is built again; what is gone goes."""
    if source.is_file():
        if not target.exists() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        return
    names = {path.name for path in source.iterdir()}
    if target.is_dir():
        for path in target.iterdir():
            if path.name not in names:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name in names:
        copy_changed(source / name, target / name)


class Bench:
    def __init__(self, folder: pathlib.Path, jobs: int, limit: float):
        self.tree, self.build_folder, self.whole = folder / "tree", folder / "build", folder / "whole"
        self.jobs, self.limit = jobs, limit
        self.runs: list[Run] = []
        self.objects: dict[pathlib.Path, str] = {}
        self.times_of_outputs: dict[pathlib.Path, int] = {}

    def prepare(self) -> float:
        """Builds the core as it is, and learns what its tests are. Returns the seconds that these take."""
        for part in PARTS:
            copy_changed(ROOT / part, self.tree / part)
        self.build_folder.mkdir(parents=True, exist_ok=True)
        configure = ["cmake", "-S", str(self.tree), "-B", str(self.build_folder), *CONFIGURE]
        done = subprocess.run(configure, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Broken(done.stdout + done.stderr)
        status, output = self.build(COMPILE_LIMIT * 10)
        if status != 0:
            raise Broken(output)
        self.objects = self.hashes()
        self.keep_outputs()
        seconds = self.learn_tests()
        self.limit = max(self.limit, 4 * seconds)
        return seconds

    def build(self, limit: float = COMPILE_LIMIT) -> tuple[int | None, str]:
        return run_limited(["cmake", "--build", str(self.build_folder), "-j", str(self.jobs)], limit,
                           is_mutant=False)

    def hashes(self) -> dict[pathlib.Path, str]:
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in self.build_folder.rglob("*.o")}

    def keep_outputs(self) -> None:
        """Of the core as it is: put back after a mutant, they needn't be built again."""
        shutil.rmtree(self.whole, ignore_errors=True)
        for path in self.build_folder.rglob("*"):
            if path.is_file() and (path.suffix in (".o", ".a") or os.access(path, os.X_OK)):
                self.times_of_outputs[path] = path.stat().st_mtime_ns
                copy = self.whole / path.relative_to(self.build_folder)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, copy)

    def put_back(self, path: pathlib.Path, source: str, its_time: int) -> None:
        """With the times that they had. The source comes last: a run that is ended before leaves one that is newer."""
        for output, time_then in self.times_of_outputs.items():
            if not output.exists() or output.stat().st_mtime_ns != time_then:
                shutil.copy2(self.whole / output.relative_to(self.build_folder), output)
        path.write_text(source)
        os.utime(path, ns=(its_time, its_time))

    def learn_tests(self) -> float:
        ctest = ["ctest", "--test-dir", str(self.build_folder), "-L", "^core$", "--show-only=json-v1"]
        done = subprocess.run(ctest, capture_output=True, text=True, check=True)
        programs = {}
        for test in json.loads(done.stdout)["tests"]:
            program = pathlib.Path(test["command"][0])
            programs[program] = any(word.startswith("--gtest_filter=") for word in test["command"])
        if not programs:
            raise Broken("no test is labelled core")
        times = {}
        for program, is_gtest in programs.items():
            times |= self.times(program, is_gtest)
        faster_than = 0.0
        for phase in PHASES:
            for program in programs:
                tests = {name: seconds for (its, name), seconds in times.items() if its == program and
                         faster_than <= seconds < phase}
                if tests:
                    self.runs.append(Run(program, [name for name in tests if name], 5 + 10 * sum(tests.values())))
            faster_than = phase
        return sum(times.values())

    def times(self, program: pathlib.Path, is_gtest: bool) -> dict[tuple[pathlib.Path, str], float]:
        started = time.monotonic()
        report = self.build_folder / "times.json"
        status, output = run_limited([str(program)] + [f"--gtest_output=json:{report}"] * is_gtest, 600)
        if status != 0:
            raise Broken(f"{program.name} fails without a mutant:\n{output}")
        if not is_gtest:
            return {(program, ""): time.monotonic() - started}
        return {(program, f"{suite['name']}.{test['name']}"): float(test["time"].rstrip("s"))
                for suite in json.loads(report.read_text())["testsuites"] for test in suite["testsuite"]
                if test["status"] == "RUN"}

    def try_out(self, mutant: Mutant) -> Outcome:
        path = self.tree / mutant.file
        source, its_time = path.read_text(), path.stat().st_mtime_ns
        started = time.monotonic()
        path.write_text(mutant.applied(source))
        try:
            status, _ = self.build()
            built = time.monotonic() - started
            if status != 0:
                return Outcome("not compiled", "" if status is not None else "the compiler took too long", built, 0)
            if self.hashes() == self.objects:
                return Outcome("same code", "", built, 0)
            verdict, detail = self.test()
            return Outcome(verdict, detail, built, time.monotonic() - started - built)
        finally:
            self.put_back(path, source, its_time)

    def test(self) -> tuple[str, str]:
        until = time.monotonic() + self.limit
        for run in self.runs:
            command = [str(run.program)]
            if run.tests:
                command += ["--gtest_fail_fast", "--gtest_brief=0", "--gtest_filter=" + ":".join(run.tests)]
            status, output = run_limited(command, min(run.limit, until - time.monotonic()))
            begun = re.findall(r"^\[ RUN      \] (\S+)", output, re.MULTILINE)
            last = begun[-1] if begun else run.program.name
            if status is None:
                return "hang", last
            if status != 0:
                failed = re.findall(r"^\[  FAILED  \] (\S+?),? ", output, re.MULTILINE)
                return "killed", failed[0] if failed else last
        return "survived", ""
