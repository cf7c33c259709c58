#!/usr/bin/env python3
"""The reference drawings: pictures_test.py PROGRAM FOLDER DATA_FOLDER [unittest arguments].

Renders them into FOLDER, for people to look at, and compares their DOT with what is kept under tests/data/drawings: the
same on every machine and compiler.  After a change that is meant: copy FOLDER/*.dot there, look at FOLDER/*.png, and copy
FOLDER/*.svg to examples/pictures."""
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

PROGRAM, FOLDER, DATA = Path(sys.argv[1]).resolve(), Path(sys.argv[2]), Path(sys.argv[3])
NAMES = ["perceptron", "perceptron-dark", "mlp", "mlp-dark", "cs231n", "vanishing"]
SVG = "{http://www.w3.org/2000/svg}"


class Pictures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run([PROGRAM, FOLDER], check=True, timeout=120)

    def test_the_text_is_the_same_everywhere(self):
        self.assertEqual(sorted(path.stem for path in (DATA / "drawings").glob("*.dot")), sorted(NAMES))
        for name in NAMES:
            with self.subTest(name):
                # assertEqual would print both whole texts.
                same = (FOLDER / f"{name}.dot").read_bytes() == (DATA / "drawings" / f"{name}.dot").read_bytes()
                self.assertTrue(same, f"diff {FOLDER}/{name}.dot {DATA}/drawings/{name}.dot")

    def texts(self, name):
        path = FOLDER / f"{name}.svg"
        if not path.exists():
            self.skipTest("without Graphviz")
        root = ElementTree.parse(path).getroot()
        return [run.text for text in root.iter(f"{SVG}text") for run in text.iter() if run.text]

    def test_numbers_of_the_perceptron(self):
        for name in ("perceptron", "perceptron-dark"):
            texts = self.texts(name)
            for published in ("0.7071", "0.8814", "6.881", "\u22121.5", "1", "0.5"):
                self.assertIn(published, texts)

    def test_numbers_of_cs231n(self):
        texts = self.texts("cs231n")
        # f, then the gradients of w0, x0, w1, x1, w2 as the course gives them (there with two digits).
        for number in ("0.7311", "\u22120.1966", "0.3932", "\u22120.3932", "\u22120.5898", "0.1966"):
            self.assertIn(number, texts)

    def test_parts_of_the_mlp(self):
        for name in ("mlp", "mlp-dark"):
            texts = self.texts(name)
            for part in ("Layer 1", "W\u2081", "b\u2083", "ReLU", "tanh", "matmul", "MSE", "ŷ",
                         "prediction", "target", "loss", "scalar"):
                self.assertIn(part, texts)
            self.assertTrue(any("2 → 16, 48 parameters" in text for text in texts))

    def test_the_deep_network_is_marked(self):
        texts = self.texts("vanishing")
        self.assertIn("vanishing", texts)
        self.assertTrue(any(text.startswith("Fill: the size of the gradient") for text in texts))

    def test_every_picture_is_drawn(self):
        for name in NAMES:
            if (FOLDER / f"{name}.svg").exists():
                self.assertTrue((FOLDER / f"{name}.png").read_bytes().startswith(b"\x89PNG"))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
