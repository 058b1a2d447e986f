"""The detector's layers, described once for training and for export.

`build` walks through the network with an `ops` object that knows how to make
the layers: the training code passes TensorFlow layers, the export code passes
OpenVINO nodes. So both always describe the same network.

Shapes below are for an input of 320 x 320; c is the number of channels.
"""

import numpy as np

from .outlines import CLASS_NAMES

STRIDES = (8, 16, 32)
ANCHORS_PER_LEVEL = 3
# Anchor width and height in pixels of the network's input, [level, anchor, 2].
# Shapes are about as wide as high, so the anchors are squares whose sides grow
# by a constant factor over the sizes that the generator draws.
ANCHORS = np.array([[20, 27, 37], [50, 67, 90], [120, 155, 190]],
                   dtype=np.float32)[:, :, None].repeat(2, axis=2)
# x, y, width, height, objectness, then one score a class.
VALUES_PER_BOX = 5 + len(CLASS_NAMES)


def residual(ops, name, x, channels):
    """A bottleneck of a 1x1 and a 3x3 convolution with a shortcut around it."""
    y = ops.conv(f"{name}.reduce", x, channels // 2, 1)
    y = ops.conv(f"{name}.expand", y, channels, 3)
    return ops.add(x, y)


def pooled_context(ops, name, x, channels):
    """Concatenates ever wider max-pools, so the coarsest level sees the whole picture."""
    y = ops.conv(f"{name}.reduce", x, channels // 2, 1)
    pools = [y]
    for _ in range(3):
        pools.append(ops.max_pool_5x5(pools[-1]))
    return ops.conv(f"{name}.merge", ops.concat(pools), channels, 1)


def merge(ops, name, parts, channels):
    """Joins feature maps of one resolution into one map of `channels` channels."""
    y = ops.conv(f"{name}.mix", ops.concat(parts), channels, 1)
    return ops.conv(f"{name}.smooth", y, channels, 3)


def build(ops, images):
    """Images [batch, 320, 320, 3] -> raw head maps of 40x40, 20x20 and 10x10 cells.

    Every map has ANCHORS_PER_LEVEL * VALUES_PER_BOX channels, anchor by anchor.
    """
    # Straight to a quarter of the resolution: layers at half of it would take a
    # third of the time, and no shape is so small that it needs them.
    x = ops.conv("stem", images, 32, 6, stride=4)            # 80 x 80, c 32
    x = residual(ops, "block1", x, 32)
    x = ops.conv("down2", x, 48, 3, stride=2)                # 40 x 40, c 48
    x = residual(ops, "block2a", x, 48)
    fine = residual(ops, "block2b", x, 48)
    x = ops.conv("down3", fine, 96, 3, stride=2)             # 20 x 20, c 96
    x = residual(ops, "block3a", x, 96)
    middle = residual(ops, "block3b", x, 96)
    x = ops.conv("down4", middle, 160, 3, stride=2)          # 10 x 10, c 160
    x = residual(ops, "block4", x, 160)
    x = pooled_context(ops, "context", x, 160)

    # Top-down: context for the fine levels. Bottom-up: exact edges for the coarse ones.
    coarse = ops.conv("lateral5", x, 64, 1)
    middle = merge(ops, "top4", [ops.upsample_2x(coarse), middle], 64)
    lateral = ops.conv("lateral4", middle, 48, 1)
    fine = merge(ops, "top3", [ops.upsample_2x(lateral), fine], 48)
    x = ops.conv("bottom3", fine, 48, 3, stride=2)
    middle = merge(ops, "bottom4", [x, middle], 64)
    x = ops.conv("bottom4.down", middle, 64, 3, stride=2)
    coarse = merge(ops, "bottom5", [x, coarse], 96)

    channels = ANCHORS_PER_LEVEL * VALUES_PER_BOX
    return [ops.head(f"head{stride}", x, channels)
            for stride, x in zip(STRIDES, (fine, middle, coarse))]


def padding(size, stride):
    """Zeros around a layer's input that make its output exactly 1 / stride as large."""
    return (size - 1) // 2 if size % 2 else (size - stride) // 2


def grid_offsets(rows, columns):
    """Cell coordinates [rows * columns, 2] as x, y, row by row."""
    y, x = np.mgrid[0:rows, 0:columns]
    return np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float32)
