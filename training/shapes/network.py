"""The detector in TensorFlow: parameters, forward pass and decoding of boxes."""

import numpy as np
import tensorflow as tf

from . import topology
from .topology import ANCHORS, ANCHORS_PER_LEVEL, STRIDES, VALUES_PER_BOX

BATCH_NORM_EPSILON = 1e-3
BATCH_NORM_MOMENTUM = 0.97
# At the start every box is believed to be empty with 99 %; without this the
# thousands of empty boxes would dominate the first steps.
PRIOR_PROBABILITY = 0.01


class Detector:
    """Holds the variables; the layers are made on the first call.

    Attributes:
      trainable: name -> variable, learned by gradient descent
      statistics: name -> variable, running mean and variance of batch norm
    """

    def __init__(self, seed):
        self.trainable = {}
        self.statistics = {}
        self._rng = np.random.default_rng(seed)
        self._training = False
        self(tf.zeros([1, 320, 320, 3]))

    def __call__(self, images, training=False):
        """Images [batch, h, w, 3] float32 0..1 -> raw maps [batch, h / stride, w / stride, 39]."""
        self._training = training
        return topology.build(self, images)

    def arrays(self):
        """All variables as name -> numpy array."""
        return {name: variable.numpy()
                for name, variable in {**self.trainable, **self.statistics}.items()}

    def load(self, arrays):
        """Sets all variables from name -> numpy array."""
        for name, variable in {**self.trainable, **self.statistics}.items():
            variable.assign(arrays[name])

    def _variable(self, store, name, make):
        if name not in store:
            store[name] = tf.Variable(make(), dtype=tf.float32, trainable=store is self.trainable)
        return store[name]

    def _weights(self, name, size, inputs, outputs, scale=2.0):
        deviation = np.sqrt(scale / (size * size * inputs))
        return self._variable(self.trainable, f"{name}/weights", lambda: self._rng.normal(
            0.0, deviation, size=(size, size, inputs, outputs)).astype(np.float32))

    # The layers that topology.build asks for.

    def conv(self, name, x, channels, size, stride=1):
        """Convolution, batch norm and SiLU."""
        weights = self._weights(name, size, x.shape[-1], channels)
        # Explicit padding: "SAME" would pad strided layers on one side only.
        pad = topology.padding(size, stride)
        y = tf.nn.conv2d(x, weights, stride, [[0, 0], [pad, pad], [pad, pad], [0, 0]])
        ones, zeros = (lambda: np.ones(channels)), (lambda: np.zeros(channels))
        scale = self._variable(self.trainable, f"{name}/scale", ones)
        offset = self._variable(self.trainable, f"{name}/offset", zeros)
        mean = self._variable(self.statistics, f"{name}/mean", zeros)
        variance = self._variable(self.statistics, f"{name}/variance", ones)
        if self._training:
            y, batch_mean, batch_variance = tf.compat.v1.nn.fused_batch_norm(
                y, scale, offset, epsilon=BATCH_NORM_EPSILON, is_training=True)
            mean.assign(mean + (batch_mean - mean) * (1.0 - BATCH_NORM_MOMENTUM))
            variance.assign(variance + (batch_variance - variance) * (1.0 - BATCH_NORM_MOMENTUM))
        else:
            y, _, _ = tf.compat.v1.nn.fused_batch_norm(
                y, scale, offset, mean, variance, BATCH_NORM_EPSILON, is_training=False)
        return tf.nn.silu(y)

    def head(self, name, x, channels):
        """1x1 convolution with a bias and without activation."""
        weights = self._weights(name, 1, x.shape[-1], channels, scale=0.1)
        prior = np.zeros((ANCHORS_PER_LEVEL, VALUES_PER_BOX))
        prior[:, 4:] = np.log(PRIOR_PROBABILITY / (1.0 - PRIOR_PROBABILITY))
        prior[:, 5:] = np.log(1.0 / (VALUES_PER_BOX - 5))
        bias = self._variable(self.trainable, f"{name}/bias", lambda: prior.reshape(-1))
        return tf.nn.conv2d(x, weights, 1, "VALID") + bias

    def add(self, x, y):
        return x + y

    def concat(self, parts):
        return tf.concat(parts, axis=-1)

    def upsample_2x(self, x):
        return tf.repeat(tf.repeat(x, 2, axis=1), 2, axis=2)

    def max_pool_5x5(self, x):
        return tf.nn.max_pool2d(x, 5, 1, "SAME")


def flatten_heads(maps):
    """Raw maps -> logits [batch, boxes, 13]; level by level, anchor by anchor, row by row."""
    rows = []
    for head in maps:
        _, height, width, _ = head.shape
        head = tf.reshape(head, [-1, height * width, ANCHORS_PER_LEVEL, VALUES_PER_BOX])
        head = tf.transpose(head, [0, 2, 1, 3])
        rows.append(tf.reshape(head, [-1, ANCHORS_PER_LEVEL * height * width, VALUES_PER_BOX]))
    return tf.concat(rows, axis=1)


def box_layout(size):
    """The constants of decoding for an input of size x size.

    Returns cell x, y [boxes, 2], stride [boxes, 1] and anchor w, h [boxes, 2].
    """
    cells, strides, anchors = [], [], []
    for stride, level_anchors in zip(STRIDES, ANCHORS):
        grid = topology.grid_offsets(size // stride, size // stride)
        for anchor in level_anchors:
            cells.append(grid)
            strides.append(np.full((len(grid), 1), stride, dtype=np.float32))
            anchors.append(np.repeat(anchor[None], len(grid), axis=0))
    return np.concatenate(cells), np.concatenate(strides), np.concatenate(anchors)


def decode_boxes(logits, layout):
    """Logits [..., boxes, 4+] -> centre x, y, width, height [..., boxes, 4] in network pixels."""
    cells, strides, anchors = layout
    unit = tf.sigmoid(logits[..., :4])
    centre = (2.0 * unit[..., :2] - 0.5 + cells) * strides
    extent = (2.0 * unit[..., 2:]) ** 2 * anchors
    return tf.concat([centre, extent], axis=-1)


def predict(detector, images):
    """Images [batch, size, size, 3] 0..1 -> decoded [batch, boxes, 13], as the export gives it."""
    logits = flatten_heads(detector(images))
    boxes = decode_boxes(logits, box_layout(images.shape[1]))
    return tf.concat([boxes, tf.sigmoid(logits[..., 4:])], axis=-1)
