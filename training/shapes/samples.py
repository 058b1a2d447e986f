"""The sample pictures: composed by hand, drawn by code, always the same."""

import json
import os

import cv2
import numpy as np

from .drawing import SHIFT, Look, draw_shape, fixed_point
from .folder import truth_entry, write_picture, write_truth
from .outlines import CLASS_NAMES, SHAPES, turned
from .pictures import Picture, Thing, generator

SEED = 2


def rgb(text):
    """"ff8800" -> float array [3]."""
    return np.array([int(text[i:i + 2], 16) for i in (0, 2, 4)], dtype=np.float64)


def graded(width, height, top, bottom):
    """A picture [height, width, 3] that grades from one colour at the top to another."""
    ramp = np.linspace(rgb(top), rgb(bottom), height)[:, None, :]
    return np.repeat(np.round(ramp).astype(np.uint8), width, axis=1)


def hill(picture, level, swing, waves, phase, colour):
    """Paints everything below a wavy line; level and swing are parts of the height."""
    height, width = picture.shape[:2]
    x = np.linspace(0.0, width, 200)
    y = height * (level + swing * np.sin(2 * np.pi * waves * x / width + phase))
    points = np.concatenate([np.stack([x, y], axis=1), [[width, height + 9], [0, height + 9]]])
    cv2.fillPoly(picture, [fixed_point(points)], rgb(colour).tolist(), cv2.LINE_AA, SHIFT)


def specks(picture, rng, count, radius, colours, lowest=1.0):
    """Sprinkles tiny dots over the upper part of the picture."""
    height, width = picture.shape[:2]
    for _ in range(count):
        x, y = fixed_point(rng.uniform([0, 0], [width, height * lowest]))
        size = int(round(radius * rng.uniform(0.5, 1.0) * (1 << SHIFT)))
        colour = rgb(colours[int(rng.integers(len(colours)))]).tolist()
        cv2.circle(picture, (int(x), int(y)), size, colour, -1, cv2.LINE_AA, SHIFT)


class Canvas:
    """A picture in the making and its ground truth."""

    def __init__(self, pixels, rng):
        self.picture = Picture(pixels)
        self.rng = rng

    def put(self, name, x, y, extent, degrees, fill=None, edge=None, shade=0.82, shadow=0.3):
        """Draws a shape centred on x, y pixels whose longer side is `extent` pixels."""
        class_id = CLASS_NAMES.index(name)
        outline = turned(SHAPES[class_id](self.rng), np.radians(degrees))
        low, high = outline.min(axis=0), outline.max(axis=0)
        stroke = max(2, int(round(0.08 * extent)))
        size = extent - (stroke if edge else 0)
        outline = (outline - (low + high) / 2) * (size / (high - low).max()) + [x, y]
        fill = None if fill is None else rgb(fill)
        look = Look(fill=fill, edge=None if edge is None else rgb(edge),
                    fill_end=None if fill is None else fill * shade, shadow=shadow)
        box = draw_shape(self.picture.pixels, outline, stroke, look)
        self.picture.things.append(Thing(class_id, box))


def night_sky(rng):
    """1280 x 720: a moon and stars over hills."""
    pixels = graded(1280, 720, "0b1440", "5a4a8a")
    specks(pixels, rng, 150, 2.4, ["ffffff", "cfd8ff", "ffeebb"], 0.75)
    hill(pixels, 0.80, 0.05, 1.3, 0.4, "2c2f63")
    hill(pixels, 0.88, 0.04, 2.1, 2.0, "1b1f48")
    canvas = Canvas(pixels, rng)
    canvas.put("crescent", 1010, 190, 230, 25, "fff1b8", shadow=0)
    for x, y, extent, turn in ((180, 150, 110, 10), (420, 300, 150, -14), (640, 130, 100, 30),
                               (800, 400, 120, 5), (1150, 450, 110, 20)):
        canvas.put("star", x, y, extent, turn, "ffd75e", shadow=0)
    canvas.put("circle", 190, 440, 150, 0, "e2725b", shade=0.6, shadow=0)
    return canvas.picture


def shape_chart(rng):
    """1920 x 1080: all classes, filled above and as lines below."""
    pixels = graded(1920, 1080, "fbf6ea", "efe4cf")
    canvas = Canvas(pixels, rng)
    colours = ("e4572e", "2e86ab", "f3a712", "6a994e", "a23b72", "17817e", "d7263d", "3d348b")
    for i, (name, colour) in enumerate(zip(CLASS_NAMES, colours)):
        x, y = 255 + 470 * (i % 4), 165 + 500 * (i // 4)
        turn = (0, 12, 0, 8, 0, 20, 0, -25)[i]
        canvas.put(name, x, y, 240, turn, fill=colour)
        canvas.put(name, x + 60, y + 245, 170, turn + 40, edge=colour, shadow=0)
    return canvas.picture


def badges(rng):
    """320 x 320: four badges on a plain ground."""
    canvas = Canvas(graded(320, 320, "264653", "1d3540"), rng)
    canvas.put("hexagon", 85, 85, 110, 0, "2a9d8f", "f4f1de")
    canvas.put("heart", 235, 85, 110, 0, "e63946", "f4f1de")
    canvas.put("star", 85, 235, 116, 0, "e9c46a", "f4f1de")
    canvas.put("cross", 235, 235, 108, 0, "f4a261", "f4f1de")
    return canvas.picture


def party(rng):
    """640 x 480: a crowd of shapes among confetti."""
    pixels = graded(640, 480, "ffe3ec", "d9ecff")
    specks(pixels, rng, 120, 3.0, ["ff6392", "5aa9e6", "ffc145", "7bd389"])
    canvas = Canvas(pixels, rng)
    for name, x, y, extent, turn, fill, edge in (
            ("heart", 90, 95, 105, -15, "ff477e", None),
            ("circle", 245, 80, 84, 0, None, "3a86ff"),
            ("triangle", 395, 95, 100, 20, "8338ec", None),
            ("star", 545, 90, 110, 12, "ffb703", None),
            ("cross", 95, 245, 92, 30, "06a77d", None),
            ("rectangle", 250, 235, 110, -20, "fb5607", "7f2704"),
            ("crescent", 400, 245, 100, 140, "4361ee", None),
            ("hexagon", 545, 250, 96, 15, None, "b5179e"),
            ("triangle", 105, 390, 96, -35, None, "d00000"),
            ("heart", 250, 390, 92, 25, "c77dff", "5a189a"),
            ("star", 400, 395, 100, 40, "2ec4b6", "0b525b"),
            ("circle", 545, 395, 90, 0, "70e000", None)):
        canvas.put(name, x, y, extent, turn, fill, edge)
    return canvas.picture


def balloons(rng):
    """500 x 900: shapes that rise on strings from the ground."""
    pixels = graded(500, 900, "6ec6ff", "e8f7ff")
    hill(pixels, 0.92, 0.02, 1.0, 0.5, "7cb518")
    hill(pixels, 0.95, 0.015, 1.7, 2.5, "5c8001")
    flock = (("heart", 130, 150, 150, 0, "ef233c"), ("circle", 350, 210, 160, 0, "ffb703"),
             ("star", 150, 400, 160, 8, "7209b7"), ("hexagon", 370, 480, 140, 15, "fb8500"),
             ("triangle", 180, 640, 130, 0, "d62828"))
    for i, (_, x, y, _, _, _) in enumerate(flock):
        along = np.linspace(0.0, 1.0, 40)
        string = np.stack([x + (250 - x) * along + 8 * np.sin(9 * along + i),
                           y + (850 - y) * along], axis=1)
        cv2.polylines(pixels, [fixed_point(string)], False, (90, 100, 110), 2, cv2.LINE_AA, SHIFT)
    canvas = Canvas(pixels, rng)
    for name, x, y, extent, turn, colour in flock:
        canvas.put(name, x, y, extent, turn, colour, shadow=0)
    canvas.put("rectangle", 400, 790, 120, 0, "8d5524", "5c3310", shadow=0)
    return canvas.picture


def wallpaper(rng):
    """1024 x 768: shapes on striped wallpaper."""
    x, y = np.meshgrid(np.arange(1024, dtype=np.float32), np.arange(768, dtype=np.float32))
    wave = np.clip(30 * (np.abs((x + 0.5 * y) / 90 % 1.0 - 0.5) - 0.25) + 0.5, 0.0, 1.0)[:, :, None]
    pixels = np.round(rgb("dfe7d8") * (1 - wave) + rgb("cbd8c3") * wave).astype(np.uint8)
    canvas = Canvas(pixels, rng)
    for name, x, y, extent, turn, fill, edge in (
            ("rectangle", 190, 190, 250, 15, "bc4749", "6a1b1d"),
            ("crescent", 500, 170, 210, 200, "386641", None),
            ("circle", 830, 190, 220, 0, None, "1d3557"),
            ("hexagon", 200, 560, 230, 5, "457b9d", None),
            ("cross", 520, 470, 200, 25, "f2a541", "8a4f00"),
            ("triangle", 810, 560, 260, -10, "6d597a", None),
            ("star", 360, 370, 110, 18, "d1495b", None),
            ("heart", 670, 350, 120, -12, "ae2012", None),
            ("circle", 520, 670, 100, 0, "2a9d8f", None)):
        canvas.put(name, x, y, extent, turn, fill, edge)
    return canvas.picture


SAMPLES = (("badges.png", badges),
           ("party.jpg", party),
           ("balloons.jpg", balloons),
           ("wallpaper.jpg", wallpaper),
           ("night-sky.jpg", night_sky),
           ("shape-chart.jpg", shape_chart))


def write_samples(folder, truth_file):
    """Draws all sample pictures into the folder and writes what is in them to a JSON file."""
    os.makedirs(folder, exist_ok=True)
    entries = []
    for index, (file, draw) in enumerate(SAMPLES):
        picture = draw(generator(SEED, index))
        write_picture(os.path.join(folder, file), picture.pixels)
        entries.append(truth_entry(file, picture))
    write_truth(truth_file, entries)
    print(f"wrote {len(entries)} pictures to {folder}")


def check_samples(folder, truth_file, model, confidence=0.25, overlap=0.45):
    """Compares what the model finds in the sample pictures with the truth; returns the errors."""
    from .evaluate import Finder, match
    finder = Finder(model)
    with open(truth_file, encoding="utf-8") as file:
        entries = json.load(file)["pictures"]
    errors = 0
    for entry in entries:
        pixels = cv2.cvtColor(cv2.imread(os.path.join(folder, entry["file"])), cv2.COLOR_BGR2RGB)
        boxes, scores, classes = finder.find(pixels, confidence, overlap)
        right = 0
        for class_id in range(len(CLASS_NAMES)):
            truth = [o["box"] for o in entry["objects"] if o["class_id"] == class_id]
            mine = match(boxes[classes == class_id], np.array(truth).reshape(-1, 4), [0.5])
            right += int(mine.sum())
        missed, false = len(entry["objects"]) - right, len(boxes) - right
        errors += missed + false
        lowest = scores.min() if len(scores) else 0.0
        print(f"{entry['file']:<18}{right:>4} right, {missed} missed, {false} false, "
              f"lowest confidence {lowest:.2f}")
    return errors
