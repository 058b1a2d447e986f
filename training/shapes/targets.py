"""Which of the network's boxes is responsible for which shape (no TensorFlow needed)."""

import numpy as np

from .topology import ANCHORS, ANCHORS_PER_LEVEL, STRIDES

# A shape is assigned to an anchor when neither side differs by more than this factor.
LARGEST_RATIO = 2.6


def assign(boxes, count, size):
    """Which ground-truth box each of the network's boxes is responsible for.

    Args:
      boxes: [most, 4] centre x, y, width, height in network pixels
      count: how many rows of `boxes` are in use
      size: side of the network's input in pixels
    Returns:
      int32 [boxes of the network], row of `boxes` or -1 for empty background
    """
    levels = []
    # Large shapes first: where two shapes want the same cell, the smaller one gets it.
    order = np.argsort(-boxes[:count, 2] * boxes[:count, 3], kind="stable")
    for stride, anchors in zip(STRIDES, ANCHORS):
        cells = size // stride
        owner = np.full((ANCHORS_PER_LEVEL, cells, cells), -1, dtype=np.int32)
        for row in order:
            x, y = boxes[row, :2] / stride
            ratio = boxes[row, 2:] / anchors
            fits = np.maximum(ratio, 1.0 / ratio).max(axis=1) < LARGEST_RATIO
            column, line = min(int(x), cells - 1), min(int(y), cells - 1)
            # The centre's cell and its two nearest neighbours; the decoding
            # reaches half a cell beyond its own cell.
            across = column + (1 if x - column > 0.5 else -1)
            along = line + (1 if y - line > 0.5 else -1)
            for cell_y, cell_x in ((line, across), (along, column), (line, column)):
                if 0 <= cell_y < cells and 0 <= cell_x < cells:
                    owner[fits, cell_y, cell_x] = row
        levels.append(owner.reshape(-1))
    return np.concatenate(levels)
