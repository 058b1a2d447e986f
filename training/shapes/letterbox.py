"""Fitting pictures into the network's square input, with the aspect kept."""

import cv2
import numpy as np

NETWORK_SIZE = 320
PADDING_GREY = 114


def letterbox_geometry(height, width, size=NETWORK_SIZE):
    """How a picture of height x width pixels fits into size x size.

    Returns (scale, new_width, new_height, left, top): x_network = x * scale + left.
    """
    scale = min(size / height, size / width)
    new_width, new_height = round(width * scale), round(height * scale)
    # The odd pixel of an odd padding goes to the right or to the bottom.
    left = round((size - new_width) / 2 - 0.1)
    top = round((size - new_height) / 2 - 0.1)
    return scale, new_width, new_height, left, top


def letterbox(picture, size=NETWORK_SIZE):
    """Picture [h, w, 3] uint8 -> ([size, size, 3] uint8, scale, left, top)."""
    height, width = picture.shape[:2]
    scale, new_width, new_height, left, top = letterbox_geometry(height, width, size)
    if (new_width, new_height) != (width, height):
        picture = cv2.resize(picture, (new_width, new_height), interpolation=cv2.INTER_LINEAR)
    canvas = np.full((size, size, 3), PADDING_GREY, dtype=np.uint8)
    canvas[top:top + new_height, left:left + new_width] = picture
    return canvas, scale, left, top
