"""A small detector of drawn shapes: picture generator, training, export and evaluation."""
