"""Measures a model file on generated pictures with OpenVINO."""

import json
import time

import numpy as np
import openvino as ov

from .letterbox import letterbox
from .outlines import CLASS_NAMES
from .pictures import make_picture

IOU_THRESHOLDS = np.arange(0.5, 1.0, 0.05)


def iou_matrix(a, b):
    """IoU [n, m] of boxes a [n, 4] and b [m, 4], both x1, y1, x2, y2."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(high - low, 0.0, None).prod(axis=2)
    area_a = (a[:, 2:] - a[:, :2]).prod(axis=1)
    area_b = (b[:, 2:] - b[:, :2]).prod(axis=1)
    return shared / (area_a[:, None] + area_b[None, :] - shared + 1e-9)


def select(output, confidence, overlap, most=300):
    """Non-maximum suppression within each class.

    Args:
      output: [boxes, 5 + classes] decoded rows of the network
      confidence: least objectness times class score
      overlap: largest IoU of two detections of one class
    Returns:
      boxes [n, 4] x1, y1, x2, y2 in network pixels, scores [n], classes [n], best first
    """
    classes = output[:, 5:].argmax(axis=1)
    scores = output[:, 4] * output[np.arange(len(output)), 5 + classes]
    rows = np.flatnonzero(scores > confidence)
    rows = rows[np.argsort(-scores[rows], kind="stable")][:3000]
    centre, half = output[rows, :2], output[rows, 2:4] / 2
    boxes, scores, classes = np.hstack([centre - half, centre + half]), scores[rows], classes[rows]
    kept = []
    left = np.arange(len(rows))
    while len(left) and len(kept) < most:
        best, rest = left[0], left[1:]
        kept.append(best)
        same = classes[rest] == classes[best]
        near = iou_matrix(boxes[best:best + 1], boxes[rest])[0] > overlap
        left = rest[~(same & near)]
    return boxes[kept], scores[kept], classes[kept]


class Finder:
    """A compiled model that finds shapes in pictures."""

    def __init__(self, path, threads=0, precision=None):
        options = {"PERFORMANCE_HINT": "LATENCY"}
        if precision:
            options["INFERENCE_PRECISION_HINT"] = precision
        if threads:
            options["INFERENCE_NUM_THREADS"] = threads
        self.compiled = ov.Core().compile_model(path, "CPU", options)
        self.size = self.compiled.input(0).shape[2]
        self.seconds = 0.0

    def find(self, pixels, confidence, overlap):
        """Picture [h, w, 3] uint8 RGB -> boxes in picture pixels, scores, classes."""
        square, scale, _, _ = letterbox(pixels, self.size)
        images = np.ascontiguousarray(square.transpose(2, 0, 1)[None], dtype=np.float32) / 255.0
        started = time.perf_counter()
        output = self.compiled(images)[0][0]
        self.seconds += time.perf_counter() - started
        boxes, scores, classes = select(output, confidence, overlap)
        # As YOLOv5 and the pipeline do, by half the padding. Where that is odd the picture really
        # lies half a pixel nearer to the corner, where training puts its boxes too.
        height, width = pixels.shape[:2]
        left, top = (self.size - round(width * scale)) / 2, (self.size - round(height * scale)) / 2
        boxes = (boxes - [left, top, left, top]) / scale
        limits = np.array([pixels.shape[1], pixels.shape[0]] * 2)
        return np.clip(boxes, 0, limits), scores, classes


def match(boxes, truth_boxes, thresholds=IOU_THRESHOLDS):
    """Which detections (best first) are right at each threshold, bool [n, thresholds]."""
    right = np.zeros((len(boxes), len(thresholds)), dtype=bool)
    if not len(boxes) or not len(truth_boxes):
        return right
    iou = iou_matrix(boxes, truth_boxes)
    for column, threshold in enumerate(thresholds):
        free = np.ones(len(truth_boxes), dtype=bool)
        for row in range(len(boxes)):
            candidates = np.where(free, iou[row], -1.0)
            best = candidates.argmax()
            if candidates[best] >= threshold:
                free[best] = False
                right[row, column] = True
    return right


def average_precision(right, scores, truth_count):
    """Area under the precision-recall curve, precision made non-increasing; right [n] bool."""
    if truth_count == 0:
        return float("nan")
    right = right[np.argsort(-scores, kind="stable")]
    hits = np.cumsum(right)
    recall = np.concatenate([[0.0], hits / truth_count])
    precision = hits / np.arange(1, len(right) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(recall) * envelope).sum())


def measure(finder, seed, count, confidence, overlap, size=None):
    """Finds shapes in pictures 0 .. count - 1 of set `seed`.

    Pictures are not compressed once more, as JPEG files would be.

    Returns:
      truths [classes], average precision [classes, thresholds], and how many
      detections of confidence 0.25 and more are right and wrong at IoU 0.5
    """
    rights = {c: [] for c in range(len(CLASS_NAMES))}
    scores = {c: [] for c in range(len(CLASS_NAMES))}
    truths = np.zeros(len(CLASS_NAMES), dtype=int)
    confident_right = confident_wrong = 0
    for index in range(count):
        picture = make_picture(seed, index, size)
        boxes, found_scores, classes = finder.find(picture.pixels, confidence, overlap)
        for c in range(len(CLASS_NAMES)):
            truth = np.array([t.box for t in picture.things if t.class_id == c]).reshape(-1, 4)
            mine = classes == c
            right = match(boxes[mine], truth)
            rights[c].append(right)
            scores[c].append(found_scores[mine])
            truths[c] += len(truth)
            sure = found_scores[mine] >= 0.25
            confident_right += int(right[sure, 0].sum())
            confident_wrong += int((~right[sure, 0]).sum())
    table = np.array([[average_precision(np.concatenate(rights[c])[:, column],
                                         np.concatenate(scores[c]), truths[c])
                       for column in range(len(IOU_THRESHOLDS))]
                      for c in range(len(CLASS_NAMES))])
    return truths, table, confident_right, confident_wrong


def evaluate(path, seed, count, confidence=0.001, overlap=0.45, size=None, precision=None,
             json_path=None):
    """Measures a model on pictures 0 .. count - 1 of set `seed`; returns mAP@0.5.

    Prints the average precision of every class, and the precision and recall at
    confidence 0.25. `precision` is what the device computes in, its own choice
    if None; `json_path` is a file for the table, unrounded.
    """
    finder = Finder(path, precision=precision)
    truths, table, confident_right, confident_wrong = measure(
        finder, seed, count, confidence, overlap, size)
    print(f"{path}: {count} pictures of set {seed}, confidence > {confidence}, IoU {overlap}")
    print(f"{'class':<12}{'shapes':>8}{'AP@0.5':>10}{'AP@0.5:0.95':>14}")
    for c, name in enumerate(CLASS_NAMES):
        print(f"{name:<12}{truths[c]:>8}{table[c, 0]:>10.4f}{table[c].mean():>14.4f}")
    print(f"{'all':<12}{truths.sum():>8}{table[:, 0].mean():>10.4f}{table.mean():>14.4f}")
    found = confident_right + confident_wrong
    print(f"at confidence 0.25: precision {confident_right / max(1, found):.4f}, "
          f"recall {confident_right / max(1, truths.sum()):.4f}, "
          f"{confident_wrong} false, {truths.sum() - confident_right} missed")
    print(f"{1000.0 * finder.seconds / max(1, count):.2f} ms a picture for inference alone")
    if json_path:
        with open(json_path, "w", encoding="utf-8") as file:
            json.dump({"classes": [{"class_id": c, "instances": int(truths[c]), "ap": list(table[c])}
                                   for c in range(len(CLASS_NAMES))]}, file)
    return float(table[:, 0].mean())
