#!/usr/bin/env python3
"""Text of drawings in other fonts than they were laid out in: fitting_text_test.py PROGRAM GRADUS FOLDER [unittest arguments].

The reference drawings (by PROGRAM) and some more are rendered by librsvg where DejaVu is the only family of fonts, and where
Liberation is; the outlines of their letters are measured.  No text leaves its card, and no two texts overlap.  What is
missing (rsvg-convert, a family) is named, and the exit code is then 77: skipped.  Chromium is measured in tests/page."""
import os
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import NoReturn

PROGRAM, GRADUS, FOLDER = (Path(argument).resolve() for argument in sys.argv[1:4])
SKIPPED = 77
SVG = "{http://www.w3.org/2000/svg}"
FAMILIES = ("DejaVu", "Liberation")
TOLERANCE = 0.6  # points: strokes of borders, and what an outline's control points say too much
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")

NEURON = ["tanh(w*x + b)", "--var", "x=2", "--param", "w=-3", "--param", "b=6.5"]
LONG = ["z = wwwwwwwwww*mmmmmmmmmm + WWWWWWWWWW; tanh(z)*0.123456789 + sigmoid(z)", "--param", "wwwwwwwwww=0.12345678",
        "--var", "mmmmmmmmmm=-1234567.8", "--param", "WWWWWWWWWW=1e-7"]
MATRIX = ["mean((x @ W + b - y)^2)", "--var", "x=[[1,2,3],[4,5,6]]", "--param", "W=[[0.1,-0.2],[0.3,0.4],[-0.5,0.6]]", "--param",
          "b=[0.01,-0.02]", "--const", "y=[[1,0],[0,1]]"]
DRAWN = {
    "neuron": [*NEURON, "--title", "A neuron with a title that is rather long"],
    "down": [*NEURON, "--direction", "TB", "--title", "Downwards"],
    "left": [*NEURON, "--direction", "RL"],
    "up": [*NEURON, "--direction", "BT"],
    "long": LONG,
    "long-down": [*LONG, "--direction", "TB"],
    "digits": [*LONG, "--digits", "15"],
    "matrix": MATRIX,
    "gradients": [*MATRIX, "--color", "gradient"],
    "uses": ["x*x + sin(x*w)*x + exp(w) - x/w + relu(x*w)", "--var", "x=1.5", "--param", "w=0.25"],
    "uses-down": ["x*x + sin(x*w)*x + exp(w) - x/w", "--var", "x=1.5", "--param", "w=0.25", "--direction", "TB"],
    "pills": [*MATRIX, "--detail", "shape", "--title", "Matrices"],
}


def skip(why: str) -> NoReturn:
    print(f"Skipped: {why}")
    sys.exit(SKIPPED)


def fonts_of(family: str) -> Path:
    """A configuration of fontconfig in which a family is the only one."""
    found = subprocess.run(["fc-list", f":family={family} Sans", "file"], capture_output=True, text=True, check=True).stdout
    folders = sorted({str(Path(line.rstrip(": ")).parent) for line in found.splitlines()})
    if not folders:
        skip(f"there are no {family} fonts (Debian's package fonts-{family.lower()})")
    prefer = "".join(f"<alias><family>{usual}</family><prefer><family>{family} {real}</family></prefer></alias>"
                     for usual, real in (("sans-serif", "Sans"), ("monospace", "Sans Mono" if family == "DejaVu" else "Mono")))
    glob = "".join(f"<dir>{folder}</dir>" for folder in folders)
    path = FOLDER / f"{family}.conf"
    path.write_text(f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>{glob}{prefer}'
                    f"<cachedir>{FOLDER}/cache-{family}</cachedir></fontconfig>")
    return path


class Box:
    def __init__(self, numbers):
        xs, ys = numbers[0::2], numbers[1::2]
        self.left, self.right, self.top, self.bottom = min(xs), max(xs), min(ys), max(ys)

    def moved(self, x, y, scale):
        return Box([(self.left + x) * scale, (self.top + y) * scale, (self.right + x) * scale, (self.bottom + y) * scale])

    def holds(self, other):
        return (other.left >= self.left - TOLERANCE and other.right <= self.right + TOLERANCE and
                other.top >= self.top - TOLERANCE and other.bottom <= self.bottom + TOLERANCE)

    def overlaps(self, other):
        return (min(self.right, other.right) - max(self.left, other.left) > TOLERANCE and
                min(self.bottom, other.bottom) - max(self.top, other.top) > TOLERANCE)

    def __repr__(self):
        return f"{self.left:.1f}…{self.right:.1f} × {self.top:.1f}…{self.bottom:.1f}"


def numbers_of(shape):
    return [float(n) for n in NUMBER.findall(shape.get("d") or shape.get("points"))]


def measured(path, fonts):
    """Of each text: what it says, the box of its letters, and the box of its card (None: it has none)."""
    tree = ElementTree.parse(path)
    root = tree.getroot()
    view = [float(n) for n in root.get("viewBox").split()]
    page = root.find(f"{SVG}g")
    shift = [float(n) for n in NUMBER.findall(page.get("transform").split("translate")[1])]
    texts = []

    def walk(element, card):
        kind = (element.get("class") or "").split(" ")[0]
        if kind in ("node", "cluster"):
            outline = next(e for e in element.iter() if e.tag in (f"{SVG}path", f"{SVG}polygon"))
            card = Box(numbers_of(outline))
        if element.tag == f"{SVG}text":
            texts.append((element, card))
        for child in element:
            walk(child, card)

    walk(page, None)
    for index, (text, _) in enumerate(texts):  # a colour for each
        for part in text.iter():
            part.set("fill", f"#{index + 1:06x}")
    shapes = {f"{SVG}path", f"{SVG}polygon", f"{SVG}polyline", f"{SVG}ellipse"}
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in shapes:
                parent.remove(child)
    rendered = subprocess.run(["rsvg-convert", "-f", "svg"], input=ElementTree.tostring(root), capture_output=True, check=True,
                              env={**os.environ, "FONTCONFIG_FILE": str(fonts)}).stdout
    out = ElementTree.fromstring(rendered)
    scale = float(out.get("viewBox").split()[2]) / view[2]
    found = {}
    for shape in out.iter(f"{SVG}path"):
        color = re.search(r"fill:rgb\(([\d.]+)%,([\d.]+)%,([\d.]+)%\)", shape.get("style"))
        numbers = numbers_of(shape)
        if not color or not numbers:
            continue
        red, green, blue = (round(float(c) * 2.55) for c in color.groups())
        found.setdefault(red << 16 | green << 8 | blue, []).extend(numbers)
    result = []
    for index, (text, card) in enumerate(texts):
        letters = found.get(index + 1)
        said = "".join(text.itertext())
        if letters is not None:
            box = Box(letters).moved(0, 0, 1 / scale)
            result.append((said, box, card and card.moved(*shift, 1)))
        else:
            assert not said.strip(" \u00a0"), f"{path.name}: {said!r} is not drawn"
    return result


class FittingText(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run([PROGRAM, FOLDER], check=True, timeout=120)
        for name, arguments in DRAWN.items():
            subprocess.run([GRADUS, "draw", *arguments, "-o", FOLDER / f"{name}.svg"], check=True, timeout=120)

    def test_nothing_leaves_its_card_and_nothing_overlaps(self):
        measured_texts = 0
        for family in FAMILIES:
            fonts = fonts_of(family)
            for path in sorted(FOLDER.glob("*.svg")):
                with self.subTest(f"{path.stem} in {family}"):
                    texts = measured(path, fonts)
                    measured_texts += len(texts)
                    for said, box, card in texts:
                        if card is not None:
                            self.assertTrue(card.holds(box), f"{said!r} {box} leaves {card}")
                    texts.sort(key=lambda text: text[1].left)
                    for k, (said, box, _) in enumerate(texts):
                        for other, there, _ in texts[k + 1:]:
                            if there.left > box.right:
                                break
                            self.assertFalse(box.overlaps(there), f"{said!r} {box} overlaps {other!r} {there}")
        self.assertGreater(measured_texts, 500)

    def test_a_text_that_is_too_long_is_found(self):
        """The measurement itself, of a drawing that Graphviz lays out in narrow fonts."""
        path = FOLDER / "neuron.svg"
        broken = FOLDER / "broken" / "broken.svg"
        broken.parent.mkdir(exist_ok=True)
        broken.write_text(re.sub(r'(<text[^>]*font-size=")11.00("[^>]*>)', r"\g<1>19.00\2", path.read_text()))
        texts = measured(broken, fonts_of("DejaVu"))
        self.assertTrue(any(card is not None and not card.holds(box) for _, box, card in texts))
        self.assertTrue(any(a[1].overlaps(b[1]) for a in texts for b in texts if a is not b))

    def test_an_svg_is_the_same_whatever_fonts_the_machine_has(self):
        svgs = []
        for family in FAMILIES:
            environment = {**os.environ, "FONTCONFIG_FILE": str(fonts_of(family))}
            done = subprocess.run([GRADUS, "draw", *NEURON, "-T", "svg"], capture_output=True, check=True, env=environment)
            svgs.append(done.stdout)
        self.assertTrue(svgs[0] == svgs[1])

    def test_runs_of_a_line_are_one_text(self):
        root = ElementTree.parse(FOLDER / "neuron.svg").getroot()
        said = ["".join(text.itertext()).replace("\u00a0", " ") for text in root.iter(f"{SVG}text")]
        self.assertIn("x  input", said)
        self.assertTrue(any(line.startswith("At the head of each arrow: the local derivative ∂") for line in said), said)
        for text in root.iter(f"{SVG}text"):
            self.assertEqual(text.get("{http://www.w3.org/XML/1998/namespace}space"), "preserve")

    def test_outlines_need_no_fonts(self):
        done = subprocess.run([GRADUS, "draw", *NEURON, "-T", "svg", "--outline"], capture_output=True, check=True)
        root = ElementTree.fromstring(done.stdout)
        self.assertEqual(list(root.iter(f"{SVG}text")), [])
        self.assertGreater(len(list(root.iter(f"{SVG}use"))), 50)


if __name__ == "__main__":
    for tool in ("rsvg-convert", "fc-list"):
        if shutil.which(tool) is None:
            skip(f"there is no {tool} (Debian's packages librsvg2-bin and fontconfig)")
    FOLDER.mkdir(parents=True, exist_ok=True)
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
