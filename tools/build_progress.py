#!/usr/bin/env python3
"""Condenses what ninja prints: one line that moves on a terminal, a line now and then elsewhere; errors come whole.

    ninja -C build | tools/build_progress.py
"""
import re
import sys
import time

STEP = re.compile(r"^\[(\d+)/(\d+)\] (.*)$")
CHATTER = re.compile(r"^(?:ninja: Entering directory|ninja: no work to do|INFO: |Activating VS)")
SECONDS_BETWEEN_LINES = 10.0


def left(done: int, total: int, passed: float) -> str:
    """Steps differ in length, so nothing is said before a tenth of them is done, and then roughly."""
    if done * 10 < total or done == total:
        return ""
    seconds = passed / done * (total - done)
    return f", about {max(1, round(seconds / 10)) * 10} s left" if seconds < 90 else f", about {seconds / 60:.0f} min left"


def main() -> int:
    terminal = sys.stdout.isatty()
    start = time.monotonic()
    last_line = start
    shown = False
    for line in sys.stdin:
        step = STEP.match(line)
        now = time.monotonic()
        if step:
            done, total = int(step.group(1)), int(step.group(2))
            text = f"  {done} of {total} files built, {now - start:.0f} s{left(done, total, now - start)}"
            if terminal:
                sys.stdout.write(f"\r\x1b[K{text}")
                shown = True
            elif now - last_line >= SECONDS_BETWEEN_LINES or done == total:
                sys.stdout.write(text + "\n")
                last_line = now
        elif not CHATTER.match(line):
            sys.stdout.write(("\n" if shown else "") + line)
            shown = False
        sys.stdout.flush()
    if shown:
        sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
