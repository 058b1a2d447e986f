"""Writes sets of pictures and their ground truth to a folder."""

import json
import os

import cv2

from .outlines import CLASS_NAMES
from .pictures import make_picture

JPEG_QUALITY = 92


def write_picture(path, pixels):
    """Writes RGB pixels [h, w, 3] as PNG or JPEG, by the ending of `path`."""
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY] if path.endswith(".jpg") else []
    if not cv2.imwrite(path, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options):
        raise OSError(f"cannot write {path}")


def truth_entry(file, picture):
    """One picture's ground truth as it stands in truth.json; boxes in picture pixels."""
    height, width = picture.pixels.shape[:2]
    objects = [{"class_id": thing.class_id, "class_name": thing.class_name,
                "box": [round(v, 2) for v in thing.box]} for thing in picture.things]
    return {"file": file, "width": width, "height": height, "objects": objects}


def write_truth(path, entries):
    """Writes {"pictures": [...]} with one object a line, so that changes can be compared."""
    lines = []
    for entry in entries:
        head = json.dumps({key: entry[key] for key in ("file", "width", "height")})[:-1]
        objects = ",\n".join("    " + json.dumps(thing) for thing in entry["objects"])
        lines.append(f'  {head}, "objects": [' + (f"\n{objects}\n  ]}}" if objects else "]}"))
    with open(path, "w", encoding="utf-8") as file:
        file.write('{"pictures": [\n' + ",\n".join(lines) + "\n]}\n")


def yolo_rows(picture):
    """The ground truth as text rows "class x y width height", relative to the picture's size."""
    height, width = picture.pixels.shape[:2]
    rows = []
    for thing in picture.things:
        x1, y1, x2, y2 = thing.box
        rows.append(f"{thing.class_id} {(x1 + x2) / 2 / width:.6f} {(y1 + y2) / 2 / height:.6f} "
                    f"{(x2 - x1) / width:.6f} {(y2 - y1) / height:.6f}\n")
    return "".join(rows)


def generate(folder, seed, count, ending, size=None):
    """Writes pictures 0 .. count - 1 of set `seed`.

    The folder then holds images/00000.jpg ..., labels/00000.txt ... (YOLO
    rows), truth.json and classes.txt.
    """
    for name in ("images", "labels"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    entries = []
    for index in range(count):
        picture = make_picture(seed, index, size)
        file = f"images/{index:05d}.{ending}"
        write_picture(os.path.join(folder, file), picture.pixels)
        with open(os.path.join(folder, f"labels/{index:05d}.txt"), "w", encoding="utf-8") as labels:
            labels.write(yolo_rows(picture))
        entries.append(truth_entry(file, picture))
    write_truth(os.path.join(folder, "truth.json"), entries)
    with open(os.path.join(folder, "classes.txt"), "w", encoding="utf-8") as file:
        file.write("".join(f"{name}\n" for name in CLASS_NAMES))
    things = sum(len(entry["objects"]) for entry in entries)
    print(f"wrote {count} pictures with {things} shapes to {folder}")
