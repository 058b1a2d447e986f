"""Antialiased drawing of outlines into pictures (uint8 [height, width, 3], RGB)."""

from dataclasses import dataclass
from typing import Optional

import cv2
import numpy as np

# cv2 draws with fixed-point coordinates; four fractional bits are 1/16 pixel.
SHIFT = 4
SHIFT_SCALE = 1 << SHIFT


@dataclass
class Look:
    """How a shape is painted; colours are RGB arrays [3], 0..255."""
    fill: Optional[np.ndarray] = None
    edge: Optional[np.ndarray] = None
    # The fill grades from `fill` at the top to this at the bottom.
    fill_end: Optional[np.ndarray] = None
    opacity: float = 1.0
    # Darkness of the soft shadow below and to the right; 0 is none.
    shadow: float = 0.0


def fixed_point(points):
    """Float points [n, 2] in pixels as the int32 fixed-point array that cv2 wants.

    cv2 puts pixel centres on whole numbers; here a pixel covers [i, i + 1].
    """
    return np.round((np.asarray(points) - 0.5) * SHIFT_SCALE).astype(np.int32)


def _blend(part, mask, colour, opacity):
    """Blends colour (broadcast to [h, w, 3]) into `part` of a picture by mask [h, w] uint8."""
    weight = mask[:, :, None].astype(np.float32) * np.float32(opacity / 255.0)
    part[:] = np.round(part + (np.asarray(colour, np.float32) - part) * weight).astype(np.uint8)


def _window(picture, low, high):
    """The pixels that cover low..high (x, y) and a little more, and their left top corner."""
    height, width = picture.shape[:2]
    left, top = np.maximum(np.floor(low).astype(int) - 2, 0)
    right, bottom = np.minimum(np.ceil(high).astype(int) + 2, [width, height])
    return picture[top:bottom, left:right], np.array([left, top])


def _draw_shadow(picture, outline, low, high, darkness):
    extent = float((high - low).max())
    offset, blur = 0.05 * extent, max(0.6, 0.03 * extent)
    part, corner = _window(picture, low - 2 * blur, high + offset + 3 * blur)
    mask = np.zeros(part.shape[:2], dtype=np.uint8)
    cv2.fillPoly(mask, [fixed_point(outline + offset - corner)], 255, cv2.LINE_AA, SHIFT)
    _blend(part, cv2.GaussianBlur(mask, (0, 0), blur), np.zeros(3), darkness)


def draw_shape(picture, outline, stroke, look):
    """Paints a closed outline into the picture, in place.

    Args:
      outline: [n, 2] x, y in picture pixels
      stroke: width of the edge in pixels, centred on the outline
    Returns:
      the tight box (x1, y1, x2, y2) in picture pixels, the shadow not counted
    """
    grow = 0.0 if look.edge is None else stroke / 2
    low, high = outline.min(axis=0) - grow, outline.max(axis=0) + grow
    if look.shadow > 0 and look.fill is not None:
        _draw_shadow(picture, outline, low, high, look.shadow)
    part, corner = _window(picture, low, high)
    points = [fixed_point(outline - corner)]
    if look.fill is not None:
        mask = np.zeros(part.shape[:2], dtype=np.uint8)
        cv2.fillPoly(mask, points, 255, cv2.LINE_AA, SHIFT)
        end = look.fill if look.fill_end is None else look.fill_end
        _blend(part, mask, np.linspace(look.fill, end, len(part))[:, None, :], look.opacity)
    if look.edge is not None:
        mask = np.zeros(part.shape[:2], dtype=np.uint8)
        cv2.polylines(mask, points, True, 255, stroke, cv2.LINE_AA, SHIFT)
        _blend(part, mask, look.edge, look.opacity)
    return tuple(float(v) for v in (*low, *high))
