"""What a measurement was made on: figures without it can't be compared."""

import os
import pathlib
import platform
import re
import subprocess


def output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def describe(root: pathlib.Path, preset: str = "release") -> dict[str, str]:
    cpu = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    cache = (root / f"build/{preset}/CMakeCache.txt").read_text()
    openvino = re.search(r"^OpenVINO_DIR:\w+=(.*)$", cache, re.MULTILINE)
    version_file = pathlib.Path(openvino[1] if openvino else "", "OpenVINOConfig-version.cmake")
    version = re.findall(r"set\(PACKAGE_VERSION_(?:MAJOR|MINOR|PATCH) \"?(\d+)",
                         version_file.read_text() if version_file.exists() else "")
    dirty = " with changes" if output("git", "-C", str(root), "status", "--porcelain") else ""
    return {
        "CPU": f"{cpu[1] if cpu else platform.machine()}, {len(os.sched_getaffinity(0))} cores",
        "system": platform.freedesktop_os_release()["PRETTY_NAME"],
        "compiler": output("g++", "--version").splitlines()[0],
        "OpenVINO": ".".join(version) or "?",
        "commit": (output("git", "-C", str(root), "rev-parse", "--short", "HEAD") or "none") + dirty,
    }
