"""The shape classes and their outlines.

Every function returns one closed outline as a float64 array [points, 2] of
x, y in shape units: the shape is centred roughly on the origin and its
farthest point is roughly 1 unit away. y grows downwards, as in a picture.
"""

import numpy as np

# Curves are drawn as polygons with this many points; at the largest size drawn
# the polygon differs from the true curve by less than half a pixel.
CURVE_POINTS = 96


def circle(rng):
    """A true circle, never an ellipse."""
    angles = np.linspace(0.0, 2.0 * np.pi, CURVE_POINTS, endpoint=False)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def rectangle(rng):
    """A square (two times in five) or a rectangle with sides of at most 1 : 2.4."""
    ratio = 1.0 if rng.random() < 0.4 else rng.uniform(1.15, 2.4)
    half_height = 1.0 / np.hypot(1.0, ratio)
    half_width = ratio * half_height
    return np.array([[-half_width, -half_height], [half_width, -half_height],
                     [half_width, half_height], [-half_width, half_height]])


def triangle(rng):
    """A triangle, equilateral to moderately skewed; no angle is below about 40 degrees."""
    angles = -np.pi / 2 + np.array([0.0, 2.0, 4.0]) * np.pi / 3
    angles += rng.uniform(-0.25, 0.25, size=3)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def hexagon(rng):
    """A regular hexagon."""
    angles = np.arange(6) * np.pi / 3
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def star(rng):
    """A star with five points; the inner radius is 0.36 to 0.50 of the outer one."""
    angles = -np.pi / 2 + np.arange(10) * np.pi / 5
    radii = np.where(np.arange(10) % 2 == 0, 1.0, rng.uniform(0.36, 0.50))
    return radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def cross(rng):
    """A plus sign with four equal arms; the arm is 0.24 to 0.40 of the whole width."""
    arm = rng.uniform(0.24, 0.40)
    quarter = np.array([[arm, -1.0], [arm, -arm], [1.0, -arm]])
    turns = [np.array([[c, -s], [s, c]]) for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1))]
    corners = np.concatenate([quarter @ turn.T for turn in turns])
    return corners / np.hypot(1.0, arm)


def heart(rng):
    """A heart with two lobes and one point."""
    t = np.linspace(0.0, 2.0 * np.pi, CURVE_POINTS, endpoint=False)
    x = 16.0 * np.sin(t) ** 3
    y = -(13.0 * np.cos(t) - 5.0 * np.cos(2 * t) - 2.0 * np.cos(3 * t) - np.cos(4 * t))
    return np.stack([x, y + 2.5], axis=1) / 16.5


def crescent(rng):
    """A moon: a disc less another disc that covers a good part of it."""
    inner_radius = rng.uniform(0.75, 0.95)
    offset = rng.uniform(0.42, 0.58)
    # The two circles meet at x = meet, y = +-sqrt(1 - meet^2).
    meet = (1.0 + offset ** 2 - inner_radius ** 2) / (2.0 * offset)
    outer_start = np.arccos(meet)
    inner_start = np.arctan2(np.sqrt(1.0 - meet ** 2), meet - offset)
    outer = np.linspace(outer_start, 2.0 * np.pi - outer_start, CURVE_POINTS // 2)
    inner = np.linspace(2.0 * np.pi - inner_start, inner_start, CURVE_POINTS // 2)[1:-1]
    outer_points = np.stack([np.cos(outer), np.sin(outer)], axis=1)
    inner_points = inner_radius * np.stack([np.cos(inner), np.sin(inner)], axis=1)
    inner_points[:, 0] += offset
    points = np.concatenate([outer_points, inner_points])
    return points - [0.25 * (points[:, 0].min() + points[:, 0].max()), 0.0]


SHAPES = (circle, rectangle, triangle, hexagon, star, cross, heart, crescent)
CLASS_NAMES = tuple(shape.__name__ for shape in SHAPES)


def turned(points, angle):
    """Points [n, 2] turned about the origin by `angle` radians, clockwise as seen."""
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return points @ rotation.T


def random_outline(class_id, rng):
    """An outline [points, 2] of the class, slightly squeezed and freely rotated, in shape units."""
    points = SHAPES[class_id](rng)
    if SHAPES[class_id] is not circle:
        points = points * [1.0, rng.uniform(0.86, 1.0)]
    return turned(points, rng.uniform(0.0, 2.0 * np.pi))
