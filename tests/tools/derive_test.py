#!/usr/bin/env python3
"""Runs gradus derive as a user does: derive_test.py GRADUS [unittest arguments]."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

GRADUS = str(Path(sys.argv[1]).resolve())
NEURON = ("tanh(x*w + b)", "--var", "x=2", "--param", "w=-3", "--param", "b=6.5")
DIAMOND = ("x*y + sin(y)", "--var", "x=2", "--var", "y=5")


def run(*arguments, stdin=None, folder=None):
    command = [GRADUS, "derive", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=folder, timeout=60, check=False)


def out(*arguments, **options):
    result = run(*arguments, **options)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


class Formats(unittest.TestCase):
    def test_text_has_both_passes_and_the_differences(self):
        text = out(*DIAMOND)
        self.assertIn("v₁ = xy = 2·5 = 10", text)
        self.assertIn(" + ", text[text.index("Backward"):])  # y is used twice: its parts are added
        self.assertIn("central difference", text)
        self.assertNotIn("\x1b", text)

    def test_latex_is_a_document_or_a_fragment(self):
        self.assertTrue(out(*NEURON, "-T", "tex").startswith("\\documentclass"))
        fragment = out(*NEURON, "-T", "tex", "--fragment")
        self.assertNotIn("documentclass", fragment)
        self.assertIn("\\tanh\\left(", fragment)

    def test_json_tells_the_same_numbers(self):
        answer = json.loads(out(*DIAMOND, "-T", "json", "--title", 'a "title"'))
        self.assertEqual((answer["format"], answer["version"], answer["title"]),
                         ("gradus-derivation", 1, 'a "title"'))
        text = out(*DIAMOND)
        for step in answer["steps"]:
            self.assertIn(f"{step['number']}. {step['title']}\n", text)
            for equation in step["equations"]:
                self.assertIn(" = ".join(side["text"] for side in equation["sides"]), text)
        self.assertEqual([check["gradient"]["data"] for check in answer["checks"]], [[5.0], [2.2836621854632262]])

    def test_the_ending_of_the_file_chooses_the_format(self):
        with tempfile.TemporaryDirectory() as folder:
            for ending, form in [("txt", "text"), ("md", "md"), ("tex", "tex"), ("json", "json")]:
                out(*NEURON, "-o", f"n.{ending}", folder=folder)
                self.assertEqual((Path(folder) / f"n.{ending}").read_text(encoding="utf-8"), out(*NEURON, "-T", form))
            self.assertEqual(len(os.listdir(folder)), 4)

    def test_an_unknown_format_is_a_usage_error(self):
        result = run(*NEURON, "-T", "docx")
        self.assertEqual((result.returncode, result.stdout), (2, b""))
        self.assertIn("use text, md, tex or json", result.stderr.decode())

    def test_the_same_bytes_on_every_run(self):
        for form in ["text", "md", "tex", "json"]:
            self.assertEqual(out(*DIAMOND, "-T", form), out(*DIAMOND, "-T", form))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
