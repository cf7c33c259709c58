#!/usr/bin/env python3
"""gradus zoo: zoo_test.py PROGRAM ZOO_FOLDER LIBRARY_FOLDER [BUILT_FOLDER] [unittest arguments].

ZOO_FOLDER is where the networks' programs are installed, as seen from the folder of the command; BUILT_FOLDER holds the real
ones, where they are built."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM, ZOO, LIBRARIES = Path(sys.argv[1]).resolve(), sys.argv[2], Path(sys.argv[3]).resolve()
BUILT = Path(sys.argv[4]).resolve() if len(sys.argv) > 4 and not sys.argv[4].startswith("-") else None
SCRIPT = """#!/bin/sh
[ "$1" = --about ] && echo "about $0" | sed 's|/.*/||' && exit
echo "$0" | sed 's|/.*/||'
for word in "$@"; do echo "<$word>"; done
echo trouble >&2
exit 7
"""


def run(program, *arguments):
    return subprocess.run([program, "zoo", *arguments], capture_output=True, encoding="utf-8", check=False, timeout=120,
                          env={**os.environ, "LD_LIBRARY_PATH": str(LIBRARIES)})


class Installed(unittest.TestCase):
    """The command in a folder of its own, with programs that tell how they were called."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        commands = Path(self.folder.name).resolve() / "here/bin"
        commands.mkdir(parents=True)
        self.program = Path(shutil.copy(PROGRAM, commands))
        self.zoo = Path(os.path.normpath(commands / ZOO))

    def install(self, *names):
        self.zoo.mkdir(parents=True)
        for name in names:
            file = self.zoo / name
            file.write_text(SCRIPT, encoding="utf-8")
            file.chmod(0o755)

    def refused(self, status, message, *arguments):
        result = run(self.program, *arguments)
        self.assertEqual((result.returncode, result.stdout), (status, ""), result.stderr)
        self.assertIn(f"gradus: error: {message}", result.stderr)

    def test_lists_them_in_their_order(self):
        self.install("zoo_30_svm", "zoo_02_feed_forward", "zoo_06_lstm", "zoo_x", "zoo_06_lstm.p", "other")
        result = run(self.program)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout, "about zoo_02_feed_forward\nabout zoo_06_lstm\nabout zoo_30_svm\n")

    def test_options_output_and_exit_status_are_those_of_the_program(self):
        self.install("zoo_02_feed_forward", "zoo_30_svm")
        words = ["--seed", "3", "--plot=a b.svg", "$HOME", "", "--help", "show"]
        for name in ("feed_forward", "2"):
            result = run(self.program, name, *words)
            self.assertEqual(result.returncode, 7)
            self.assertEqual(result.stdout, "zoo_02_feed_forward\n" + "".join(f"<{word}>\n" for word in words))
            self.assertEqual(result.stderr, "trouble\n")
        self.assertEqual(run(self.program, "30").stdout, "zoo_30_svm\n")

    def test_what_is_not_there_is_told(self):
        self.refused(1, f"[zoo] the networks' programs are neither in {self.zoo} nor in ", "lstm")
        self.refused(1, "[zoo] the networks' programs are neither in ")
        self.install("zoo_06_lstm", "zoo_07_gru")
        self.refused(2, "unknown network 'lstn'; did you mean 'lstm'?", "lstn")
        self.refused(2, "unknown network 'transformer'; 'gradus zoo' lists them", "transformer")
        self.refused(2, "the network comes first, and '--seed' behind it", "--seed", "2", "lstm")

    def test_a_program_that_cannot_be_run(self):
        self.install("zoo_06_lstm")
        (self.zoo / "zoo_06_lstm").write_text("#!/no/such/shell\n", encoding="utf-8")
        self.refused(1, f"{self.zoo}/zoo_06_lstm: cannot be run: No such file", "lstm")
        self.refused(1, f"{self.zoo}/zoo_06_lstm: cannot be run: No such file")
        (self.zoo / "zoo_06_lstm").write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
        self.refused(1, f"{self.zoo}/zoo_06_lstm: does not say what it is")


@unittest.skipIf(BUILT is None, "the examples are not built")
class Built(unittest.TestCase):
    """The real programs, beside the command in the build folder."""

    def test_thirty_networks_say_what_they_are(self):
        result = run(PROGRAM)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        listed = re.findall(r"^([ \d]\d)  (\w+) +(\S.*)\n {24}(\S.*)$", result.stdout, re.M)
        self.assertEqual([int(number) for number, *_ in listed], list(range(1, 31)))
        self.assertEqual(len(result.stdout.splitlines()), 60)
        self.assertLessEqual(max(map(len, result.stdout.splitlines())), 110)
        for number, name, _, _ in listed:
            self.assertTrue((BUILT / f"zoo_{int(number):02}_{name}").is_file(), name)

    def test_a_reader_who_has_seen_enough(self):
        result = subprocess.run(["sh", "-c", '"$0" zoo | head -n 1', PROGRAM], capture_output=True, encoding="utf-8", check=True)
        self.assertEqual((len(result.stdout.splitlines()), result.stderr), (1, ""))

    def test_it_runs_the_program(self):
        direct = subprocess.run([BUILT / "zoo_22_elm", "--seed", "2"], capture_output=True, encoding="utf-8", check=True)
        by_command = run(PROGRAM, "elm", "--seed", "2")
        self.assertEqual((by_command.returncode, by_command.stderr), (0, ""))
        self.assertEqual(by_command.stdout, direct.stdout)
        about = re.search(r"^22  elm +(.*)\n +(.*)$", run(PROGRAM).stdout, re.M)
        self.assertTrue(direct.stdout.startswith(f"22. {about[1]}\ntask      {about[2]}\n"))

    def test_usage(self):
        result = run(PROGRAM, "elm", "--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("--seed N", result.stdout)
        for wrong in (["--sead", "1"], ["--seed"], ["--seed", "1.5"], ["--draw"], ["1"]):
            result = run(PROGRAM, "elm", *wrong)
            self.assertEqual((result.returncode, result.stdout), (2, ""), wrong)
            self.assertIn("usage: zoo_22_elm", result.stderr)
        self.assertEqual(run(PROGRAM, "elm", "--plot", "/no/such/folder/x.svg").returncode, 1)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[(4 if BUILT is None else 5):]])
