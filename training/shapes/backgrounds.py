"""Backgrounds and distractors: everything in a picture that is not a shape to find.

Pictures are uint8 arrays [height, width, 3] in RGB order. `unit` is the size
in picture pixels of one pixel of the network's input.
"""

import cv2
import numpy as np

from .drawing import SHIFT, SHIFT_SCALE, fixed_point


def random_colour(rng):
    """A colour as float array [3], 0..255 RGB: mostly vivid, sometimes pale, grey or dark."""
    hsv = np.array([[[rng.uniform(0, 360), rng.beta(2.0, 1.2), 1.0 - rng.beta(1.2, 3.0)]]],
                   dtype=np.float32)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0].astype(np.float64) * 255.0


def _coordinates(height, width, angle):
    """Field [height, width] float32 of the distance along `angle`, in pixels."""
    x = np.arange(width, dtype=np.float32) * np.float32(np.cos(angle))
    y = np.arange(height, dtype=np.float32) * np.float32(np.sin(angle))
    return x[None, :] + y[:, None]


def _linear(height, width, unit, rng):
    field = _coordinates(height, width, rng.uniform(0, 2 * np.pi))
    return (field - field.min()) / (field.max() - field.min())


def _radial(height, width, unit, rng):
    x = (np.arange(width, dtype=np.float32) / width - np.float32(rng.uniform(0, 1))) ** 2
    y = (np.arange(height, dtype=np.float32) / height - np.float32(rng.uniform(0, 1))) ** 2
    return np.minimum(np.sqrt(x[None, :] + y[:, None]), 1.0)


def _stripes(height, width, unit, rng):
    period = unit * rng.uniform(8, 60)
    field = _coordinates(height, width, rng.uniform(0, 2 * np.pi)) / np.float32(period)
    wave = np.abs(np.mod(field, 1.0) * 2.0 - 1.0) - 0.5
    # A steep ramp instead of a step keeps the stripes antialiased.
    sharpness = period if rng.random() < 0.6 else 2.0
    return np.clip(wave * np.float32(sharpness) * 0.5 + 0.5, 0.0, 1.0)


def _clouds(height, width, unit, rng):
    field = np.zeros((height, width), dtype=np.float32)
    cells = int(rng.integers(3, 7))
    for octave in range(int(rng.integers(1, 4))):
        count = cells * 2 ** octave
        grid = rng.random((count + 1, count + 1), dtype=np.float32)
        field += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) / 2 ** octave
    low, high = field.min(), field.max()
    return (field - low) / (high - low)


def _grain(height, width, unit, rng):
    rows, columns = max(2, int(height / unit / 2)), max(2, int(width / unit / 2))
    # Unequal cell sizes give brushed or woven looks.
    if rng.random() < 0.5:
        rows = max(2, rows // int(rng.integers(2, 12)))
    grid = rng.random((rows, columns), dtype=np.float32)
    return np.clip(cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR), 0.0, 1.0)


def _hills(height, width, unit, rng):
    x = np.linspace(0.0, 2 * np.pi, width, dtype=np.float32)
    y = np.arange(height, dtype=np.float32)[:, None]
    field = np.zeros((height, width), dtype=np.float32)
    layers = int(rng.integers(1, 4))
    for layer in range(layers):
        base = rng.uniform(0.2, 0.9) * height
        ridge = base + height * sum(
            rng.uniform(0.0, 0.08) * np.sin(k * x + rng.uniform(0, 2 * np.pi)) for k in (1, 2, 3))
        field += np.clip(y - ridge[None, :].astype(np.float32), 0.0, 1.0) / layers
    return field


FIELDS = (_linear, _radial, _stripes, _clouds, _grain, _hills)


def random_background(height, width, unit, rng):
    """A flat, graded, striped, clouded, grained or hilly picture [height, width, 3]."""
    first, second = random_colour(rng), random_colour(rng)
    if rng.random() < 0.15:
        return np.full((height, width, 3), np.round(first), dtype=np.uint8)
    make = FIELDS[int(rng.integers(len(FIELDS)))]
    # Textures get a weaker contrast than gradients, or small shapes would drown in them.
    strength = rng.uniform(0.15, 0.7) if make in (_stripes, _grain) else rng.uniform(0.3, 1.0)
    second = first + (second - first) * strength
    levels = np.round(make(height, width, unit, rng) * 255.0).astype(np.uint8)
    table = np.linspace(first, second, 256).round().astype(np.uint8)
    return table[levels]


def _wavy_points(height, width, unit, rng):
    """An open wavy, straight or zigzag line [n, 2] in pixels."""
    start = rng.uniform([0, 0], [width, height])
    angle, length = rng.uniform(0, 2 * np.pi), unit * rng.uniform(40, 300)
    kind = rng.integers(3)
    count = 2 if kind == 0 else int(rng.integers(5, 12)) if kind == 1 else 64
    along = np.linspace(0.0, 1.0, count)
    if kind == 1:
        across = np.where(np.arange(count) % 2 == 0, 1.0, -1.0)
    else:
        across = np.sin(along * rng.uniform(1.0, 5.0) * 2 * np.pi)
    across = across * unit * rng.uniform(3, 15) * (kind != 0)
    along = along * length
    return start + np.stack([along * np.cos(angle) - across * np.sin(angle),
                             along * np.sin(angle) + across * np.cos(angle)], axis=1)


def _draw_line(picture, unit, rng):
    points = _wavy_points(picture.shape[0], picture.shape[1], unit, rng)
    thickness = max(1, int(round(unit * rng.uniform(0.7, 3.5))))
    cv2.polylines(picture, [fixed_point(points)], False, random_colour(rng).tolist(),
                  thickness, cv2.LINE_AA, SHIFT)


def _draw_dots(picture, unit, rng):
    """A spray of dots, too small to be taken for circles."""
    height, width = picture.shape[:2]
    centre = rng.uniform([0, 0], [width, height])
    colour = random_colour(rng).tolist()
    for offset in rng.normal(0.0, 30.0 * unit, size=(int(rng.integers(4, 25)), 2)):
        x, y = fixed_point(centre + offset)
        radius = int(round(unit * rng.uniform(0.6, 2.5) * SHIFT_SCALE))
        cv2.circle(picture, (int(x), int(y)), radius, colour, -1, cv2.LINE_AA, SHIFT)


def _draw_blob(picture, unit, rng):
    """A lump with a smooth, clearly irregular outline."""
    angles = np.linspace(0.0, 2 * np.pi, 72, endpoint=False)
    radii = np.ones_like(angles)
    for harmonic in (2, 3, 4, 5):
        radii += rng.uniform(0.10, 0.25) * np.cos(harmonic * angles + rng.uniform(0, 2 * np.pi))
    radii *= unit * np.exp(rng.uniform(np.log(8), np.log(60)))
    centre = rng.uniform([0, 0], picture.shape[1::-1])
    points = centre + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    cv2.fillPoly(picture, [fixed_point(points)], random_colour(rng).tolist(), cv2.LINE_AA, SHIFT)


def _draw_glow(picture, unit, rng):
    """A soft spot of light without an edge."""
    height, width = picture.shape[:2]
    radius = unit * rng.uniform(15, 70)
    x0, y0 = rng.uniform([0, 0], [width, height])
    left, right = int(max(0, x0 - 3 * radius)), int(min(width, x0 + 3 * radius))
    top, bottom = int(max(0, y0 - 3 * radius)), int(min(height, y0 + 3 * radius))
    if right - left < 2 or bottom - top < 2:
        return
    x = np.exp(-0.5 * ((np.arange(left, right, dtype=np.float32) - x0) / radius) ** 2)
    y = np.exp(-0.5 * ((np.arange(top, bottom, dtype=np.float32) - y0) / radius) ** 2)
    weight = (rng.uniform(0.3, 0.9) * x[None, :] * y[:, None])[:, :, None].astype(np.float32)
    window = picture[top:bottom, left:right]
    colour = random_colour(rng).astype(np.float32)
    window[:] = np.round(window + (colour - window) * weight).astype(np.uint8)


DISTRACTORS = (_draw_line, _draw_dots, _draw_blob, _draw_glow)


def draw_distractors(picture, unit, rng):
    """Draws none to five things that are not shapes into the picture, in place."""
    for _ in range(int(rng.integers(0, 6))):
        DISTRACTORS[int(rng.integers(len(DISTRACTORS)))](picture, unit, rng)
