"""Pictures of shapes with their ground truth, made from a seed.

Picture `index` of set `seed` is always the same picture. Every set is an
independent random stream, so a set with a seed other than TRAINING_SEED shares
no picture with the training set.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

from .backgrounds import draw_distractors, random_background, random_colour
from .drawing import Look, draw_shape
from .letterbox import letterbox_geometry
from .outlines import CLASS_NAMES, random_outline

TRAINING_SEED = 1

# Longest extent of a shape, in pixels of the network's input.
SMALLEST_SHAPE = 22.0
LARGEST_SHAPE = 190.0
# No shape is drawn smaller than this, in pixels of the picture.
SMALLEST_IN_PICTURE = 18.0
MOST_SHAPES = 10


@dataclass
class Thing:
    """One shape of the ground truth; box is (x1, y1, x2, y2) in picture pixels."""
    class_id: int
    box: tuple

    @property
    def class_name(self):
        return CLASS_NAMES[self.class_id]


@dataclass
class Picture:
    """A picture [height, width, 3] uint8 RGB and the shapes in it."""
    pixels: np.ndarray
    things: list = field(default_factory=list)


def generator(seed, index):
    """The random stream of picture `index` of set `seed`."""
    return np.random.default_rng([int(seed), int(index)])


def random_size(rng):
    """(width, height) in pixels: 160 to 1440 on the long side, aspect 1:2 to 2:1."""
    long_side = np.exp(rng.uniform(np.log(160), np.log(1440)))
    aspect = 1.0 if rng.random() < 0.15 else np.exp(rng.uniform(-np.log(2), np.log(2)))
    width, height = long_side * min(1.0, aspect), long_side * min(1.0, 1.0 / aspect)
    return int(round(width)), int(round(height))


def contrasting_colour(surroundings, rng, wanted=85.0):
    """A random colour at least `wanted` (RGB distance) away from all `surroundings` [n, 3].

    If none of 24 tries is, the one farthest away.
    """
    best, best_distance = None, -1.0
    for _ in range(24):
        colour = random_colour(rng)
        distance = np.sqrt(((surroundings - colour) ** 2).sum(axis=1)).min()
        if distance > best_distance:
            best, best_distance = colour, distance
        if distance >= wanted:
            break
    return best


def _overlaps_too_much(box, others):
    """Whether `box` covers more than a small part of another box, or is covered by one."""
    for other in others:
        width = min(box[2], other[2]) - max(box[0], other[0])
        height = min(box[3], other[3]) - max(box[1], other[1])
        if width > 0 and height > 0:
            smaller = min((b[2] - b[0]) * (b[3] - b[1]) for b in (box, other))
            if width * height > 0.12 * smaller:
                return True
    return False


def place_outline(class_id, picture_size, unit, taken, rng):
    """A random outline of the class at a free place, or None if there is no room.

    Returns the outline [n, 2] in picture pixels, its stroke width and its box.
    """
    width, height = picture_size
    smallest = max(SMALLEST_SHAPE * unit, SMALLEST_IN_PICTURE)
    largest = min(LARGEST_SHAPE * unit, 0.85 * min(width, height))
    if largest <= smallest:
        return None
    for _ in range(12):
        outline = random_outline(class_id, rng)
        extent = np.exp(rng.uniform(np.log(smallest), np.log(largest)))
        stroke = max(1, int(round(extent * rng.uniform(0.05, 0.11))))
        span = outline.max(axis=0) - outline.min(axis=0)
        outline = outline * ((extent - stroke) / span.max())
        low = outline.min(axis=0) - stroke / 2 - 1.0
        high = outline.max(axis=0) + stroke / 2 + 1.0
        room = np.array([width, height]) - (high - low)
        if (room <= 0).any():
            continue
        outline = outline - low + rng.uniform(0, 1, size=2) * room
        box = (*outline.min(axis=0), *outline.max(axis=0))
        if not _overlaps_too_much(box, taken):
            return outline, stroke, box
    return None


def draw_random_style(picture, outline, stroke, rng):
    """Draws the outline [n, 2] in a random style and visible colours; returns its box."""
    height, width = picture.shape[:2]
    low = np.clip(outline.min(axis=0), 0, [width - 1, height - 1]).astype(int)
    high = np.clip(outline.max(axis=0), 0, [width - 1, height - 1]).astype(int)
    rows = np.linspace(low[1], high[1], 9).astype(int)
    columns = np.linspace(low[0], high[0], 9).astype(int)
    around = picture[np.ix_(rows, columns)].reshape(-1, 3).astype(np.float64)
    style = rng.choice(["filled", "stroked", "both"], p=[0.55, 0.25, 0.20])
    colour = contrasting_colour(around, rng)
    fill = colour if style != "stroked" else None
    edge = colour if style == "stroked" else None
    if style == "both":
        edge = contrasting_colour(np.vstack([around, colour]), rng)
    other = None
    if rng.random() < 0.3:
        other = np.clip(colour + rng.uniform(-50, 50, size=3), 0, 255)
    opacity = 1.0 if rng.random() < 0.85 else rng.uniform(0.75, 1.0)
    shadow = rng.uniform(0.2, 0.5) if rng.random() < 0.2 else 0.0
    return draw_shape(picture, outline, stroke, Look(fill, edge, other, opacity, shadow))


def degrade(picture, unit, rng):
    """Light blur, noise and JPEG losses such as photographs and scans have; a new picture."""
    if rng.random() < 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), float(unit * rng.uniform(0.3, 0.9)))
    if rng.random() < 0.4:
        height, width = picture.shape[:2]
        # One repeated tile of noise: fast, and nobody sees that it repeats.
        tile = rng.normal(0.0, rng.uniform(1.0, 9.0), (128, 128, 3)).astype(np.float32)
        noise = np.tile(tile, (height // 128 + 1, width // 128 + 1, 1))[:height, :width]
        picture = np.clip(np.round(picture + noise), 0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        quality = int(rng.integers(45, 96))
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return picture


def make_picture(seed, index, size=None):
    """Picture `index` of set `seed`; size is (width, height) in pixels, None for a random one."""
    rng = generator(seed, index)
    width, height = size if size else random_size(rng)
    unit = 1.0 / letterbox_geometry(height, width)[0]
    pixels = random_background(height, width, unit, rng)
    draw_distractors(pixels, unit, rng)
    picture, taken = Picture(pixels), []
    wanted = 0 if rng.random() < 0.03 else int(rng.integers(1, MOST_SHAPES + 1))
    for _ in range(wanted):
        class_id = int(rng.integers(len(CLASS_NAMES)))
        place = place_outline(class_id, (width, height), unit, taken, rng)
        if place is None:
            continue
        outline, stroke, box = place
        taken.append(box)
        box = draw_random_style(pixels, outline, stroke, rng)
        picture.things.append(Thing(class_id, box))
    picture.pixels = degrade(pixels, unit, rng)
    return picture
