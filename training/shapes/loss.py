"""How wrong the network's boxes are."""

import numpy as np
import tensorflow as tf

from .network import decode_boxes

# Chosen so that the three parts are of like size late in the training.
BOX_WEIGHT = 4.0


def complete_iou(a, b):
    """IoU and complete IoU of boxes [..., 4] given as centre x, y, width, height; each [...].

    Complete IoU takes off the squared centre distance over the squared diagonal
    of the common hull, and a term for unlike aspect ratios, so it has a gradient
    even for boxes that do not touch.
    """
    a_low, a_high = a[..., :2] - a[..., 2:] / 2, a[..., :2] + a[..., 2:] / 2
    b_low, b_high = b[..., :2] - b[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2
    shared = tf.maximum(tf.minimum(a_high, b_high) - tf.maximum(a_low, b_low), 0.0)
    intersection = shared[..., 0] * shared[..., 1]
    union = a[..., 2] * a[..., 3] + b[..., 2] * b[..., 3] - intersection
    iou = intersection / (union + 1e-6)
    hull = tf.maximum(a_high, b_high) - tf.minimum(a_low, b_low)
    distance = tf.reduce_sum((a[..., :2] - b[..., :2]) ** 2, axis=-1)
    distance /= tf.reduce_sum(hull ** 2, axis=-1) + 1e-6
    angles = tf.atan(a[..., 2] / (a[..., 3] + 1e-6)) - tf.atan(b[..., 2] / (b[..., 3] + 1e-6))
    aspect = (4.0 / np.pi ** 2) * angles ** 2
    weight = tf.stop_gradient(aspect / (1.0 - iou + aspect + 1e-6))
    return iou, iou - distance - weight * aspect


def detection_loss(logits, owners, boxes, classes, layout):
    """Scalar loss of a batch, and its three parts.

    Args:
      logits: [batch, boxes, 5 + classes]
      owners: [batch, boxes] int32 from `targets.assign`
      boxes: [batch, most, 4] ground truth in network pixels
      classes: [batch, most] int32
    """
    where = tf.where(owners >= 0)
    found = tf.gather_nd(logits, where)
    truth_index = tf.stack([where[:, 0], tf.cast(tf.gather_nd(owners, where), tf.int64)], axis=1)
    truth_boxes = tf.gather_nd(boxes, truth_index)
    truth_classes = tf.gather_nd(classes, truth_index)
    cells, strides, anchors = (tf.gather(part, where[:, 1]) for part in layout)
    iou, score = complete_iou(decode_boxes(found, (cells, strides, anchors)), truth_boxes)
    count = tf.maximum(tf.cast(tf.shape(where)[0], tf.float32), 1.0)

    box_loss = tf.reduce_sum(1.0 - score) / count
    # Objectness learns the overlap reached, so well placed boxes rank first.
    wanted = tf.scatter_nd(where, tf.stop_gradient(iou), tf.shape(owners, out_type=tf.int64))
    object_loss = tf.reduce_sum(
        tf.nn.sigmoid_cross_entropy_with_logits(wanted, logits[..., 4])) / count
    one_hot = tf.one_hot(truth_classes, logits.shape[-1] - 5)
    class_loss = tf.reduce_sum(
        tf.nn.sigmoid_cross_entropy_with_logits(one_hot, found[:, 5:])) / count
    return BOX_WEIGHT * box_loss + object_loss + class_loss, (box_loss, object_loss, class_loss)
