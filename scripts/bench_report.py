"""What the measurements of `./dev bench` write: a page with the ratios and the rates, and the rounds as JSON."""

import dataclasses
import json
import pathlib
from collections.abc import Sequence

import machine

ROOT = pathlib.Path(__file__).resolve().parent.parent


@dataclasses.dataclass(frozen=True)
class Units:
    rate: str          # "items/s"
    cpu: str           # "CPU µs an item"
    cpu_scale: float   # from seconds
    digits: int        # of a rate


def page(title: str, command: str, summary: dict, about: dict, units: Units) -> str:
    """`summary` has "ratios" and "rates", each a spread by name, and "cpu": seconds by name, where it is known."""
    lines = [f"# {title}", "", command, "", *(f"- {key}: {value}" for key, value in about.items()), "",
             "| ratio within a round | min | median | max |", "|---|---|---|---|"]
    lines += [f"| {name} | {r['min']:.3f} | **{r['median']:.3f}** | {r['max']:.3f} |"
              for name, r in summary["ratios"].items()]
    lines += ["", f"| {units.rate} | min | median | max | {units.cpu} |", "|---|---|---|---|---|"]
    for name, r in summary["rates"].items():
        rates = " | ".join(f"{r[which]:.{units.digits}f}" for which in ("min", "median", "max"))
        cpu = summary["cpu"].get(name)
        lines.append(f"| {name} | {rates} | {'' if cpu is None else f'{cpu * units.cpu_scale:.1f}'} |")
    return "\n".join(lines) + "\n"


def write(folder: pathlib.Path, name: str, title: str, command: str, rounds: Sequence[dict], summary: dict,
          units: Units) -> None:
    """Prints the page, and keeps it and the rounds in the folder."""
    about = machine.describe(ROOT)
    text = page(title, command, summary, about, units)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text(text)
    (folder / f"{name}.json").write_text(json.dumps({"machine": about, "rounds": rounds, **summary}, indent=1) + "\n")
    print(text)
