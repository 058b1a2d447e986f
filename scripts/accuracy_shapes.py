"""Measures the shapes model: run by accuracy.sh, which see, with the Python that it makes."""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

import cv2

import machine

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "build/accuracy"
SHOWN = 4  # of the worst pictures
LONGEST_SIDE = 560  # of a picture shown, in pixels
# Two implementations that agree to here are taken to agree: they resize by different releases of OpenCV.
TOLERANCE = 0.001


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev accuracy", description="Measures the shapes model on generated pictures.")
    parser.add_argument("--model", default=ROOT / "models/shapes/shapes.xml", help="another model of the same classes")
    parser.add_argument("--precision", default="f32", choices=("f32", "f16", "bf16"), help="of inference")
    parser.add_argument("--count", type=int, default=500, help="of pictures")
    parser.add_argument("--set", type=int, default=1000, help="of pictures; 1 is the training set")
    arguments = parser.parse_args()
    if arguments.count < 1 or arguments.set < 0:
        parser.error("--count takes 1 or more, --set 0 or more")
    if not os.path.exists(arguments.model):
        parser.error(f"--model {arguments.model}: no such file")
    arguments.model = os.path.relpath(arguments.model, ROOT)  # where everything runs
    return arguments


def shapes(*command: object) -> None:
    """Runs the training code's command."""
    subprocess.run([sys.executable, "-m", "shapes", *map(str, command)], cwd=ROOT / "training", check=True)


def validate(arguments: argparse.Namespace) -> dict:
    """The report of the C++ pipeline; suppression as `detect` does it."""
    subprocess.run([ROOT / "build/release/cli/inferqueue", "val", "--model", arguments.model,
                    "--data", "build/accuracy/pictures", "--iou", "0.45", "--precision", arguments.precision,
                    "--json", "build/accuracy/shapes.json", "--save-worst", "12",
                    "--project", "build/accuracy", "--name", "worst", "--exist-ok"], cwd=ROOT, check=True)
    return json.loads((OUT / "shapes.json").read_text())


def largest_difference(report: dict, peer: dict) -> float:
    """Of any class at any overlap. The two must have had the same objects before them."""
    ours = {entry["class_id"]: entry for entry in report["classes"]}
    difference = 0.0
    for entry in peer["classes"]:
        mine = ours.get(entry["class_id"], {"instances": 0, "ap": []})
        if mine["instances"] != entry["instances"]:
            sys.exit(f"accuracy: class {entry['class_id']} has {entry['instances']} objects, not {mine['instances']}")
        if entry["instances"]:
            difference = max(difference, *(abs(a - b) for a, b in zip(mine["ap"], entry["ap"], strict=True)))
    return difference


def show_worst(report: dict) -> list[str]:
    """Writes the worst pictures as small JPEGs; returns a line each."""
    lines = []
    for number, worst in enumerate(report["worst"][:SHOWN], 1):
        picture = cv2.imread(str(ROOT / worst["annotated"]))
        scale = min(1.0, LONGEST_SIDE / max(picture.shape[:2]))
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(OUT / f"shapes-worst-{number}.jpg"), small, [cv2.IMWRITE_JPEG_QUALITY, 80])
        mistakes = ", ".join(f"{len(worst[kind])} {kind}" for kind in ("missed", "confused", "false") if worst[kind])
        lines.append(f"![{mistakes}](shapes-worst-{number}.jpg) `{pathlib.Path(worst['source']).name}`: {mistakes}")
    return lines


def figure(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def table(report: dict) -> list[str]:
    rows = ["| class | pictures | instances | precision | recall | AP@0.5 | AP@0.5:0.95 |", "|---|--:|--:|--:|--:|--:|--:|"]
    for entry in [*report["classes"], report["all"]]:
        name = entry.get("class_name", "**all**")
        rows.append(f"| {name} | {entry['pictures']} | {entry['instances']} | {figure(entry['precision'], 3)} "
                    f"| {figure(entry['recall'], 3)} | {figure(entry['ap50'], 4)} | {figure(entry['ap50_95'], 4)} |")
    return rows


def main() -> None:
    arguments = parse_arguments()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    # As PNG, so that the pictures are those that the training code would have in memory.
    shapes("generate", "--out", OUT / "pictures", "--count", arguments.count, "--seed", arguments.set, "--format", "png")
    report = validate(arguments)
    print("\nThe same by the Python that trained it:")
    sys.stdout.flush()
    shapes("evaluate", "--model", ROOT / arguments.model, "--count", arguments.count,
           "--seed", arguments.set, "--precision", arguments.precision, "--json", OUT / "python.json")
    difference = max(1e-6, largest_difference(report, json.loads((OUT / "python.json").read_text())))  # it is rounded

    facts = machine.describe(ROOT)
    lines = [f"`{arguments.model}`, {arguments.count} pictures of set {arguments.set}, inference in {report['precision']}, confidence above "
             f"{report['conf']:g}, suppression at IoU {report['iou']:g}; precision and recall at confidence "
             f"{report['pr_conf']:g}. OpenVINO {facts['OpenVINO']}, commit {facts['commit']}.", "",
             *table(report), "",
             f"No average precision of a class at an overlap differs by more than {difference:.6f} from the Python "
             "evaluation's.", "",
             *(line + "\n" for line in show_worst(report))]
    (OUT / "shapes.md").write_text("\n".join(lines))
    print(f"\nNo average precision differs by more than {difference:.6f}")
    print("build/accuracy/shapes.md has the table, build/accuracy/worst the pictures where it fails worst")
    if difference > TOLERANCE:
        sys.exit(f"accuracy: the two evaluations differ by more than {TOLERANCE}")


if __name__ == "__main__":
    main()
