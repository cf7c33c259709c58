#!/usr/bin/env python3
"""Runs the page tests: run.py GRADUS BUILD_FOLDER [PATTERN of test names]

They need Chromium, Node.js 20 and two packages from npm, which are installed into the build folder.  What is missing is
named, and the exit code is then 77: skipped.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).resolve().parent
SKIPPED = 77
OLDEST_NODE = 20


def skip(why: str) -> NoReturn:
    print(f"The page tests are skipped: {why}")
    sys.exit(SKIPPED)


def find_chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    skip("there is no Chromium (Debian's package chromium)")


def find_node() -> str:
    node = shutil.which("node") or skip("there is no Node.js (Debian's package nodejs)")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        skip(f"Node.js is {version}, and {OLDEST_NODE} is needed")
    return node


def install(folder: Path) -> None:
    """The packages that the lock file names, unless they are there already."""
    lock = HERE / "package-lock.json"
    installed = folder / "installed.json"  # the lock file of what is installed
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return
    npm = shutil.which("npm") or skip("there is no npm")
    installed.unlink(missing_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        skip("npm did not install playwright-core and axe-core within five minutes")
    if done.returncode != 0:
        skip("npm cannot install playwright-core and axe-core:\n" + done.stderr)
    shutil.copy(lock, installed)


def main() -> int:
    gradus, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    chromium, node = find_chromium(), find_node()
    install(folder)
    # Beside node_modules, where Node.js looks for packages.
    for script in HERE.glob("*.mjs"):
        shutil.copy(script, folder)
    tests = sorted(path.name for path in HERE.glob("*.test.mjs"))
    environment = {**os.environ, "GRADUS": str(gradus), "CHROMIUM": chromium, "GRADUS_TEST_DATA": str(HERE.parent / "data")}
    pattern = [f"--test-name-pattern={sys.argv[3]}"] if len(sys.argv) > 3 else []
    command = [node, "--test", "--test-reporter=spec", "--test-concurrency=1", *pattern, *tests]
    status = subprocess.run(command, cwd=folder, env=environment).returncode
    print(f"Pages and screenshots are in {folder}")
    return status


if __name__ == "__main__":
    sys.exit(main())
