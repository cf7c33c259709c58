#!/usr/bin/env python3
"""Hostile text in lesson pages: hostile_test.py HOSTILE_PAGES DATA_FOLDER [RANDOM_LABELS]

Every page is well-formed XML and parses as HTML, holds no element or attribute that could act, and the texts read back
as they were.  The parsers are Python's own; what a text must read as is worked out here.
"""
import json
import random
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
from html.parser import HTMLParser
from pathlib import Path

PROGRAM, DATA = sys.argv[1], Path(sys.argv[2])
RANDOM_LABELS = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
A_PAGE = 50  # random labels

ELEMENTS = set("""html head meta title style body main h1 h2 p kbd figure figcaption svg g path polygon polyline ellipse text tspan
    div button input output section ol li span bdi math mrow mi mo mn mfrac msub msup msubsup mtext msqrt mspace mtable mtr
    mtd table thead tbody tr th td script label template""".split())
ATTRIBUTES = set("""lang xmlns xmlns:xlink charset name content http-equiv id class role tabindex hidden type min max value for
    scope viewbox width height transform points d fill stroke stroke-width stroke-dasharray stroke-linecap text-anchor xml:space x y
    cx cy rx ry font-family font-size font-weight font-style aria-label aria-live aria-atomic aria-valuetext data-phase
    aria-hidden aria-pressed step for data-n data-fence data-opposite data-reckoning data-blank data-numbers displaystyle form mathvariant
    stretchy fence lspace rspace separator accent""".split())


def shown(raw: bytes) -> str:
    """What a reader sees of a text: UTF-8 with replacements, line ends as LF, control characters as pictures."""
    text = re.sub("\r\n?", "\n", raw.decode("utf-8", "replace"))
    out = []
    for c in text:
        code = ord(c)
        if code < 0x20 and c != "\n":
            c = chr(0x2400 + code)
        elif code == 0x7F:
            c = "\u2421"
        elif 0x80 <= code < 0xA0 or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
            c = "\ufffd"
        out.append(c)
    return "".join(out)


class Reader(HTMLParser):
    """Collects the elements, the attributes, and the texts of title, h1 and the first cells of the table."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.wrong, self.open, self.texts, self.scripts = [], [], [], 0

    def handle_starttag(self, tag, attributes):
        if tag not in ELEMENTS:
            self.wrong.append(f"<{tag}>")
        self.wrong += [f"{name} in <{tag}>" for name, _ in attributes if name not in ATTRIBUTES]
        self.scripts += tag == "script"
        row = tag == "th" and ("scope", "row") in attributes
        self.open.append("cell" if row else tag)
        if self.open[-1] in ("title", "h1", "cell"):
            self.texts.append((self.open[-1], ""))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop().replace("cell", "th") != tag:
            self.wrong.append(f"</{tag}> closes something else")

    def handle_data(self, data):
        for tag in ("title", "h1", "cell"):
            if tag in self.open:
                self.texts[-1] = (tag, self.texts[-1][1] + data)

    def handle_comment(self, data):
        self.wrong.append(f"<!--{data}-->")

    def handle_pi(self, data):
        self.wrong.append(f"<?{data}>")

    def unknown_decl(self, data):
        self.wrong.append(f"<![{data}")


def published() -> list:
    cases = json.loads((DATA / "labels.json").read_text(encoding="utf-8"))["cases"]
    return [bytes.fromhex(c["input_hex"]) if "input_hex" in c else c["input"].encode() for c in cases if c["kind"] == "escape"]


def random_labels(count: int) -> list:
    """Of pieces that mean something to DOT, SVG, HTML, CSS or JavaScript.  None could be taken for a name with a number."""
    choose = random.Random(20240611)
    pieces = [p.encode() for p in """< > & " ' / \\ ; = ` <!-- --> ]]> <![CDATA[ </script> <script> <style> </style> <svg/onload=
        <a\u00a0href= javascript: &lt; &#60; &#x3c; &amp;amp; &nbsp \\N \\G \\L \\n {} [] | %s %n ${x} @drawing@ @data@ @title@
        _result e_ v_ a_value_ -> -- /* */ // # // --- \u202e \u2066 \u2028 \u200b \ufeff \ufffe \U0001f600 \u0301 λ ∂ x1 w_2
        <math> <mi> <p> </li> <br/> <TABLE> </TABLE> onclick= url(//x) expression( @import""".split()]
    pieces += [bytes([k]) for k in range(32)] + [b"\x7f", b"\xc2\x85", b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82", b" "]
    return [choose.choice([b"<", b"&", b"\\", b'"', b"'"]) + b"".join(choose.choices(pieces, k=choose.randint(1, 8)))
            for _ in range(count)]


def main() -> int:
    labels = published()
    pages = [[label, label] for label in labels]  # the title, then the names
    assert len(pages) > 30
    rest = random_labels(RANDOM_LABELS)
    pages += [[rest[k], *rest[k:k + A_PAGE]] for k in range(0, len(rest), A_PAGE)]
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        lines = "\n".join(" ".join(text.hex() or "-" for text in page) for page in pages)
        subprocess.run([PROGRAM, folder], input=lines.encode(), check=True)
        for k, page in enumerate(pages):
            html = (Path(folder) / f"{k}.html").read_bytes().decode()  # strict: it is UTF-8
            wrong += [f"page {k}, {page[0]!r}: {what}" for what in faults(html, page)]
    print(*wrong[:20], sep="\n")
    print(f"{len(pages)} pages of {len(labels) + len(rest)} labels, {len(wrong)} faults")
    return 1 if wrong else 0


def faults(html: str, page: list) -> list:
    try:
        xml.etree.ElementTree.fromstring(html)
    except xml.etree.ElementTree.ParseError as error:
        return [f"not well-formed: {error}"]
    reader = Reader()
    reader.feed(html)
    reader.close()
    found = list(reader.wrong)
    if reader.open:
        found.append(f"not closed: {reader.open}")
    if reader.scripts != 2:
        found.append(f"{reader.scripts} scripts")
    names = [shown(name) if name else "v1" for name in page[1:]]
    expected = [("title", shown(page[0])), ("h1", shown(page[0]))]
    found += [f"{seen!r} is not {meant!r}" for seen, meant in zip(reader.texts, expected) if seen != meant]
    cells = [text for tag, text in reader.texts if tag == "cell"]
    if page[1:] != [b""] and sorted(cells) != sorted(names):
        found.append(f"names {sorted(set(cells) ^ set(names))}")
    return found


if __name__ == "__main__":
    sys.exit(main())
