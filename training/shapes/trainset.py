"""The training set in memory and the stream of augmented batches."""

import multiprocessing
import queue
import threading

import cv2
import numpy as np

from .letterbox import NETWORK_SIZE, letterbox
from .pictures import MOST_SHAPES, TRAINING_SEED, make_picture
from .targets import assign


def _network_picture(index):
    """Training picture `index`: pixels [size, size, 3], boxes [most, 4], classes [most], count."""
    picture = make_picture(TRAINING_SEED, index)
    pixels, scale, left, top = letterbox(picture.pixels)
    boxes = np.zeros((MOST_SHAPES, 4), dtype=np.float32)
    classes = np.zeros(MOST_SHAPES, dtype=np.int32)
    for row, thing in enumerate(picture.things):
        x1, y1, x2, y2 = np.array(thing.box) * scale + [left, top, left, top]
        boxes[row] = (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1
        classes[row] = thing.class_id
    return pixels, boxes, classes, len(picture.things)


def make_training_set(count, processes):
    """Arrays pixels [count, size, size, 3] uint8, boxes, classes and counts."""
    pixels = np.empty((count, NETWORK_SIZE, NETWORK_SIZE, 3), dtype=np.uint8)
    boxes = np.empty((count, MOST_SHAPES, 4), dtype=np.float32)
    classes = np.empty((count, MOST_SHAPES), dtype=np.int32)
    counts = np.empty(count, dtype=np.int32)
    # "spawn": a forked copy of a process that already runs TensorFlow may hang.
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        for row, made in enumerate(pool.imap(_network_picture, range(count), chunksize=32)):
            pixels[row], boxes[row], classes[row], counts[row] = made
    return pixels, boxes, classes, counts


def augment(pixels, boxes, rng):
    """One of the eight turns and mirrorings, and changed colours.

    Every class stays what it is under all of these. Returns pixels [size, size, 3]
    float32 0..1 and boxes [most, 4].
    """
    boxes = boxes.copy()
    size = pixels.shape[0]
    if rng.random() < 0.5:
        pixels = pixels.transpose(1, 0, 2)
        boxes = boxes[:, [1, 0, 3, 2]]
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
        boxes[:, 0] = size - boxes[:, 0]
    if rng.random() < 0.5:
        pixels = pixels[::-1]
        boxes[:, 1] = size - boxes[:, 1]
    pixels = pixels[:, :, rng.permutation(3)]
    levels = np.linspace(0.0, 1.0, 256) ** rng.uniform(0.7, 1.4)
    if rng.random() < 0.15:
        levels = 1.0 - levels
    return levels.astype(np.float32)[pixels], boxes


def batches(training_set, batch_size, steps, seed):
    """Yields `steps` batches (images, owners, boxes, classes), made ahead in a thread."""
    ready = queue.Queue(maxsize=6)

    def produce():
        rng = np.random.default_rng([seed, 99])
        pixels, boxes, classes, counts = training_set
        order = np.empty(0, dtype=np.int64)
        for _ in range(steps):
            if len(order) < batch_size:
                order = np.concatenate([order, rng.permutation(len(pixels))])
            rows, order = order[:batch_size], order[batch_size:]
            made = [augment(pixels[row], boxes[row], rng) for row in rows]
            owners = [assign(made[i][1], counts[row], NETWORK_SIZE) for i, row in enumerate(rows)]
            ready.put((np.stack([m[0] for m in made]), np.stack(owners),
                       np.stack([m[1] for m in made]), classes[rows]))

    threading.Thread(target=produce, daemon=True).start()
    for _ in range(steps):
        yield ready.get()
