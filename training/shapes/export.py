"""Writes the trained detector as OpenVINO IR with 16-bit weights.

The IR has one input `images` [1, 3, size, size] (RGB, 0..1) and one output
`output0` [1, boxes, 5 + classes]: centre x, centre y, width, height in pixels
of the input, objectness and class scores. This is the layout of a YOLOv5
export, so programs that read those read this one too.
"""

import os

import numpy as np
import openvino as ov
import openvino.opset13 as op

from . import topology
from .letterbox import NETWORK_SIZE
from .network import BATCH_NORM_EPSILON
from .outlines import CLASS_NAMES
from .topology import ANCHORS, ANCHORS_PER_LEVEL, STRIDES, VALUES_PER_BOX


def _constant(array):
    return op.constant(np.ascontiguousarray(array, dtype=np.float32))


class OpenVinoLayers:
    """The layers that topology.build asks for, as OpenVINO nodes in NCHW layout."""

    def __init__(self, arrays):
        self.arrays = arrays

    def conv(self, name, x, channels, size, stride=1):
        """Convolution with the batch norm folded into weights and bias, then SiLU."""
        part = {key: self.arrays[f"{name}/{key}"].astype(np.float64)
                for key in ("weights", "scale", "offset", "mean", "variance")}
        gain = part["scale"] / np.sqrt(part["variance"] + BATCH_NORM_EPSILON)
        bias = part["offset"] - part["mean"] * gain
        return op.swish(self._convolve(name, x, part["weights"] * gain, bias,
                                       topology.padding(size, stride), stride))

    def head(self, name, x, channels):
        return self._convolve(name, x, self.arrays[f"{name}/weights"],
                              self.arrays[f"{name}/bias"], 0, 1)

    def _convolve(self, name, x, weights, bias, pad, stride):
        """weights [height, width, inputs, outputs] and bias [outputs], as in training."""
        node = op.convolution(x, _constant(weights.transpose(3, 2, 0, 1)), [stride, stride],
                              [pad, pad], [pad, pad], [1, 1])
        node.set_friendly_name(name)
        return op.add(node, _constant(bias.reshape(1, -1, 1, 1)))

    def add(self, x, y):
        return op.add(x, y)

    def concat(self, parts):
        return op.concat(parts, 1)

    def upsample_2x(self, x):
        return op.interpolate(x, op.constant(np.array([2.0, 2.0], np.float32)), "nearest", "scales",
                              coordinate_transformation_mode="asymmetric", nearest_mode="floor",
                              axes=op.constant(np.array([2, 3], np.int64)))

    def max_pool_5x5(self, x):
        return op.max_pool(x, [1, 1], [1, 1], [2, 2], [2, 2], [5, 5]).output(0)


def decode_level(head, stride, anchors, cells):
    """Raw map [1, 3 * 13, cells, cells] -> decoded rows [1, 3 * cells * cells, 13]."""
    shape = [1, ANCHORS_PER_LEVEL, VALUES_PER_BOX, cells * cells]
    unit = op.sigmoid(op.reshape(head, op.constant(np.array(shape, np.int64)), False))
    unit = op.transpose(unit, op.constant(np.array([0, 1, 3, 2], np.int64)))
    lengths = op.constant(np.array([2, 2, VALUES_PER_BOX - 4], np.int64))
    centre, extent, scores = op.variadic_split(unit, op.constant(np.int64(3)), lengths).outputs()
    # (2 * u - 0.5 + cell) * stride, with all that is constant taken together.
    origin = (topology.grid_offsets(cells, cells) - 0.5) * stride
    centre = op.add(op.multiply(centre, _constant([2.0 * stride])),
                    _constant(origin[None, None]))
    doubled = op.multiply(extent, _constant([2.0]))
    extent = op.multiply(op.multiply(doubled, doubled), _constant(anchors[None, :, None, :]))
    rows = op.concat([centre, extent, scores], 3)
    flat = [1, ANCHORS_PER_LEVEL * cells * cells, VALUES_PER_BOX]
    return op.reshape(rows, op.constant(np.array(flat, np.int64)), False)


def build_model(arrays, size=NETWORK_SIZE):
    """The OpenVINO model from name -> numpy array of the training's variables."""
    images = op.parameter([1, 3, size, size], np.float32, name="images")
    images.output(0).get_tensor().set_names({"images"})
    maps = topology.build(OpenVinoLayers(arrays), images)
    levels = [decode_level(head, stride, anchors, size // stride)
              for head, stride, anchors in zip(maps, STRIDES, ANCHORS)]
    output = op.concat(levels, 1)
    output.set_friendly_name("output0")
    output.output(0).get_tensor().set_names({"output0"})
    model = ov.Model([op.result(output)], [images], "shapes")
    names = ", ".join(f"{i}: '{name}'" for i, name in enumerate(CLASS_NAMES))
    model.set_rt_info("{" + names + "}", ["framework", "names"])
    model.set_rt_info(str(max(STRIDES)), ["framework", "stride"])
    return model


def largest_difference(arrays, model, seed=7):
    """Largest difference of the model's output from the training code's, in 32-bit arithmetic.

    Returns (box difference in pixels, score difference).
    """
    import tensorflow as tf
    from .network import Detector, predict
    from .letterbox import letterbox
    from .pictures import make_picture

    detector = Detector(0)
    detector.load(arrays)
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    worst = np.zeros(2)
    for index in range(4):
        pixels = letterbox(make_picture(seed, index).pixels)[0][None].astype(np.float32) / 255.0
        wanted = predict(detector, tf.constant(pixels)).numpy()
        got = compiled(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))[0]
        difference = np.abs(got - wanted)
        worst = np.maximum(worst, [difference[..., :4].max(), difference[..., 4:].max()])
    return worst


def export(checkpoint, folder):
    """Writes shapes.xml, shapes.bin and shapes.names.txt to the folder and checks them."""
    with np.load(checkpoint) as stored:
        arrays = {name: stored[name] for name in stored.files}
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "shapes.xml")
    model = build_model(arrays)
    for what, candidate in (("32-bit weights", model), ("as written", None)):
        if candidate is None:
            ov.save_model(model, path, compress_to_fp16=True)
            candidate = ov.Core().read_model(path)
        pixels, score = largest_difference(arrays, candidate)
        print(f"largest difference from training, {what}: {pixels:.5f} pixels, score {score:.6f}")
    with open(os.path.join(folder, "shapes.names.txt"), "w", encoding="utf-8") as file:
        file.write("".join(f"{name}\n" for name in CLASS_NAMES))
    print(f"wrote {path}")
