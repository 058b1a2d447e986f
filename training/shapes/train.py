"""Trains the detector from scratch and writes a checkpoint (.npz)."""

import os
import time

import numpy as np
import tensorflow as tf

from .letterbox import NETWORK_SIZE
from .loss import detection_loss
from .network import Detector, box_layout, flatten_heads
from .trainset import batches, make_training_set

WARM_UP_STEPS = 200
WEIGHT_DECAY = 0.02
LARGEST_GRADIENT = 10.0


class AdamW:
    """Adam with decoupled weight decay for the convolutions' weights only."""

    def __init__(self, variables):
        self.variables = list(variables)
        self.first = [tf.Variable(tf.zeros_like(v)) for v in self.variables]
        self.second = [tf.Variable(tf.zeros_like(v)) for v in self.variables]

    def apply(self, gradients, step, rate):
        """One update; step counts from 1, rate is the learning rate. Both are scalar tensors."""
        gradients, _ = tf.clip_by_global_norm(gradients, LARGEST_GRADIENT)
        step = tf.cast(step, tf.float32)
        rate_corrected = rate * tf.sqrt(1.0 - 0.999 ** step) / (1.0 - 0.9 ** step)
        for variable, gradient, first, second in zip(
                self.variables, gradients, self.first, self.second):
            first.assign(0.9 * first + 0.1 * gradient)
            second.assign(0.999 * second + 0.001 * gradient ** 2)
            change = rate_corrected * first / (tf.sqrt(second) + 1e-7)
            if len(variable.shape) == 4:
                change += rate * WEIGHT_DECAY * variable
            variable.assign_sub(change)


def learning_rate(step, steps, peak):
    """Linear warm-up, then half a cosine down to one percent of the peak."""
    if step <= WARM_UP_STEPS:
        return peak * step / WARM_UP_STEPS
    progress = (step - WARM_UP_STEPS) / max(1, steps - WARM_UP_STEPS)
    return peak * (0.01 + 0.99 * 0.5 * (1.0 + np.cos(np.pi * progress)))


def make_step(detector, optimiser, averages, layout):
    """The compiled training step; it also updates the running averages of all variables."""
    followed = [*detector.trainable.values(), *detector.statistics.values()]

    @tf.function(autograph=False)
    def step_function(images, owners, boxes, classes, step, rate, keep):
        with tf.GradientTape() as tape:
            logits = flatten_heads(detector(images, training=True))
            loss, parts = detection_loss(logits, owners, boxes, classes, layout)
        optimiser.apply(tape.gradient(loss, optimiser.variables), step, rate)
        for average, variable in zip(averages, followed):
            average.assign(keep * average + (1.0 - keep) * variable)
        return loss, parts

    return step_function


def save(path, detector, averages):
    """Writes the averaged variables: they are steadier than the last step's."""
    names = [*detector.trainable, *detector.statistics]
    temporary = f"{path}.tmp.npz"
    np.savez(temporary, **{name: average.numpy() for name, average in zip(names, averages)})
    os.replace(temporary, path)


def train(checkpoint, pictures, steps, batch_size, peak_rate, seed, processes):
    """Makes the training set, trains and writes `checkpoint`."""
    started = time.time()
    print(f"drawing {pictures} training pictures", flush=True)
    training_set = make_training_set(pictures, processes)
    print(f"  took {time.time() - started:.0f} s", flush=True)
    tf.random.set_seed(seed)
    detector = Detector(seed)
    optimiser = AdamW(detector.trainable.values())
    followed = [*detector.trainable.values(), *detector.statistics.values()]
    averages = [tf.Variable(variable) for variable in followed]
    step_function = make_step(detector, optimiser, averages, box_layout(NETWORK_SIZE))
    print(f"{sum(int(tf.size(v)) for v in detector.trainable.values())} parameters", flush=True)

    recent = []
    for step, batch in enumerate(batches(training_set, batch_size, steps, seed), start=1):
        rate = learning_rate(step, steps, peak_rate)
        keep = min(0.998, step / (step + 10.0))
        _, parts = step_function(*(tf.constant(part) for part in batch), tf.constant(step),
                                 tf.constant(rate, tf.float32), tf.constant(keep, tf.float32))
        recent.append([float(part) for part in parts])
        if step % 100 == 0 or step == steps:
            box, thing, kind = np.mean(recent, axis=0)
            recent = []
            print(f"step {step}/{steps}  box {box:.4f}  object {thing:.4f}  class {kind:.4f}  "
                  f"{time.time() - started:.0f} s", flush=True)
        if step % 500 == 0 or step == steps:
            save(checkpoint, detector, averages)
