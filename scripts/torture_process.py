"""A case in a process of its own: how it ended, if it was no good end."""

import signal
import subprocess


def ended(command: list[str], timeout: float) -> tuple[str | None, subprocess.CompletedProcess | None]:
    """How the command ended that hung or was killed by a signal, else None and what it did."""
    try:
        child = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        return "hang", None
    return (f"crash ({signal.Signals(-child.returncode).name})" if child.returncode < 0 else None), child
