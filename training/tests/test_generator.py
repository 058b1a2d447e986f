"""Tests of the picture generator; run with `python -m unittest discover -s tests`."""

import unittest

import numpy as np

from shapes.drawing import Look, draw_shape
from shapes.letterbox import letterbox, letterbox_geometry
from shapes.outlines import CLASS_NAMES, random_outline
from shapes.pictures import generator, make_picture


class GeneratorTest(unittest.TestCase):

    def test_same_seed_gives_same_picture(self):
        for index in range(5):
            first, second = make_picture(5, index), make_picture(5, index)
            self.assertTrue(np.array_equal(first.pixels, second.pixels))
            self.assertEqual(first.things, second.things)

    def test_other_seed_or_index_gives_other_picture(self):
        size = (320, 240)
        base = make_picture(5, 0, size).pixels
        self.assertFalse(np.array_equal(base, make_picture(6, 0, size).pixels))
        self.assertFalse(np.array_equal(base, make_picture(5, 1, size).pixels))

    def test_boxes_lie_inside_the_picture(self):
        for index in range(60):
            picture = make_picture(5, index)
            height, width = picture.pixels.shape[:2]
            for thing in picture.things:
                x1, y1, x2, y2 = thing.box
                self.assertTrue(0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height, thing)

    def test_boxes_are_tight_around_what_is_drawn(self):
        for class_id, name in enumerate(CLASS_NAMES):
            rng = generator(5, class_id)
            outline = random_outline(class_id, rng) * 60.0 + 100.0
            for look in (Look(fill=np.full(3, 255.0)), Look(edge=np.full(3, 255.0))):
                canvas = np.zeros((200, 200, 3), dtype=np.uint8)
                box = draw_shape(canvas, outline, 7, look)
                rows, columns = np.nonzero(canvas[:, :, 0] > 127)
                seen = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
                self.assertLess(np.abs(np.subtract(box, seen)).max(), 2.5, (name, box, seen))

    def test_all_classes_occur(self):
        seen = {t.class_name for index in range(60) for t in make_picture(5, index).things}
        self.assertEqual(seen, set(CLASS_NAMES))


class LetterboxTest(unittest.TestCase):

    def test_geometry(self):
        self.assertEqual(letterbox_geometry(480, 640), (0.5, 320, 240, 0, 40))
        self.assertEqual(letterbox_geometry(160, 160), (2.0, 320, 320, 0, 0))

    def test_padding_is_grey(self):
        square, scale, left, top = letterbox(np.zeros((100, 200, 3), dtype=np.uint8))
        self.assertEqual(square.shape, (320, 320, 3))
        self.assertEqual((scale, left, top), (1.6, 0, 80))
        self.assertTrue((square[:80] == 114).all() and (square[80:240] == 0).all())


if __name__ == "__main__":
    unittest.main()
