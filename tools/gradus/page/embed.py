#!/usr/bin/env python3
"""Makes a C++ header of a page: embed.py OUTPUT.h NAME PAGE.html STYLE.css… SCRIPT.js…

The styles and the scripts stand in the page, and the hashes of both in its Content-Security-Policy, so that nothing else
runs.  What is left between @ signs is filled in when a page is written (page_fill.h).
"""
import base64
import hashlib
import sys
from pathlib import Path

DELIMITER = "gradus_page"
LONGEST = 8000  # characters of a literal: compilers need not take more than 65536 bytes


def source_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def joined(names: list, ending: str) -> str:
    return "".join(Path(name).read_text(encoding="utf-8") for name in names if name.endswith(ending))


def main() -> None:
    output, name, *files = sys.argv[1:]
    page, style = joined(files, ".html"), joined(files, ".css")
    # HTML takes the first and last line for comments, and XML takes the script as it is.
    script = f"//<![CDATA[\n'use strict';\n(() => {{\n{joined(files, '.js')}}})();\n//]]>\n"
    page = page.replace("@style_hash@", source_hash(style)).replace("@script_hash@", source_hash(script))
    page = page.replace("@style@", style).replace("@script@", script)
    parts = [page[k : k + LONGEST] for k in range(0, len(page), LONGEST)]
    literals = "\n".join(f'    R"{DELIMITER}({part}){DELIMITER}"' for part in parts)
    Path(output).write_text(
        "// Made by embed.py.\n#pragma once\n#include <string_view>\n\nnamespace gradus::command {\n\n"
        f"inline constexpr std::string_view {name} =\n{literals};\n\n}}  // namespace gradus::command\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
