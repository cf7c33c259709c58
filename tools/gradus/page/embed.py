#!/usr/bin/env python3
"""Makes one C++ header of the page: embed.py PAGE.html PAGE.css PAGE.js OUTPUT.h

The style and the script stand in the page, and the hashes of both in its Content-Security-Policy, so that nothing else
runs.  What is left between @ signs is filled in when a page is written.
"""
import base64
import hashlib
import sys
from pathlib import Path

DELIMITER = "gradus_page"
LONGEST = 8000  # characters of a literal: compilers need not take more than 65536 bytes


def source_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def main() -> None:
    page, style, script = (Path(name).read_text(encoding="utf-8") for name in sys.argv[1:4])
    script = f"//<![CDATA[\n{script}//]]>\n"  # HTML takes this for comments, and XML takes the script as it is
    page = page.replace("@style_hash@", source_hash(style)).replace("@script_hash@", source_hash(script))
    page = page.replace("@style@", style).replace("@script@", script)
    parts = [page[k : k + LONGEST] for k in range(0, len(page), LONGEST)]
    literals = "\n".join(f'    R"{DELIMITER}({part}){DELIMITER}"' for part in parts)
    Path(sys.argv[4]).write_text(
        "// Made by embed.py.\n#pragma once\n#include <string_view>\n\nnamespace gradus::command {\n\n"
        f"inline constexpr std::string_view page_template =\n{literals};\n\n}}  // namespace gradus::command\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
