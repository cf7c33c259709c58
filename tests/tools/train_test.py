"""gradus train, predict and show as people use them: tables of every kind, models kept, trainings gone on with.

    train_test.py GRADUS DATA

DATA/penguins.csv is palmerpenguins 0.1.1 by Horst, Hill and Gorman (CC0), as Debian's r-cran-palmerpenguins has it.
"""
import json
import math
import os
import random
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from xml.etree import ElementTree

GRADUS, DATA = (Path(argument).resolve() for argument in sys.argv[1:3])
PENGUINS = DATA / "penguins.csv"


def run(*arguments, stdin=b"", folder=None):
    command = [str(GRADUS), *map(str, arguments)]
    return subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, timeout=120)


def out(*arguments, **options):
    result = run(*arguments, **options)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


def score(text, name, part=-1):
    """A score of the printed table: of the training part (0) or of what was held out (-1)."""
    return float(re.search(rf"^{re.escape(name)} +(.*)$", text, re.M).group(1).split()[part])


def read_tensors(path):
    """The format of safetensors, read by its specification alone."""
    data = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    numbers = data[8 + length :]
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        count = math.prod(entry["shape"])
        tensors[name] = (entry["shape"], struct.unpack(f"<{count}{'d' if entry['dtype'] == 'F64' else 'f'}", numbers[begin:end]))
    return tensors, metadata


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def refused(self, code, message, *arguments, **options):
        result = run(*arguments, folder=self.folder, **options)
        self.assertEqual((result.returncode, result.stdout), (code, b""), result.stderr)
        self.assertIn(message, result.stderr.decode())

    def trained(self, text, *arguments, target="y"):
        return out("train", "-", "--target", target, *arguments, stdin=text.encode(), folder=self.folder)


class Penguins(InFolder):
    def test_no_other_option_is_needed(self):
        result = run("train", PENGUINS, "--target", "species")
        self.assertEqual(result.returncode, 0, result.stderr)
        text = result.stdout.decode()
        self.assertGreaterEqual(score(text, "accuracy"), 0.97, text)
        self.assertIn("Learned: 'species', 3 classes: Adelie, Chinstrap, Gentoo from 7 columns\n", text)
        self.assertIn("Confusion matrix, held out", text)
        self.assertEqual(int(re.search(r"^rows +(\d+) +(\d+)$", text, re.M).group(1)) +
                         int(re.search(r"^rows +(\d+) +(\d+)$", text, re.M).group(2)), 333)
        self.assertIn("11 rows left out that lack something, in 'bill_length_mm' (2), 'bill_depth_mm' (2), "
                      "'flipper_length_mm' (2), 'body_mass_g' (2), 'sex' (11) (--missing mean fills it in)", result.stderr.decode())

    def test_for_several_seeds(self):
        scores = [score(out("train", PENGUINS, "--target", "species", "--seed", seed, "--epochs", "60"), "accuracy") for seed in range(5)]
        self.assertGreaterEqual(min(scores), 0.95)
        self.assertGreaterEqual(sum(scores) / len(scores), 0.975)

    def test_missing_values(self):
        text = out("train", PENGUINS, "--target", "species", "--missing", "mean", "--epochs", "50")
        self.assertEqual(sum(map(int, re.search(r"^rows +(\d+) +(\d+)$", text, re.M).groups())), 344)
        self.refused(1, "row 4 has nothing in column 'bill_length_mm'", "train", PENGUINS, "--target", "species", "--missing", "error")
        self.refused(2, "--missing: 'men' is not drop, mean or error; did you mean 'mean'?", "train", PENGUINS, "--target", "species", "--missing", "men")

    def test_kept_predicted_and_shown(self):
        trained = out("train", PENGUINS, "--target", "species", "--hidden", "8", "--epochs", "60", "--save", "m.safetensors", folder=self.folder)
        tensors, metadata = read_tensors(self.folder / "m.safetensors")
        self.assertEqual(sorted(name for name in tensors if not name.startswith("optimizer/")),
                         ["layer1.bias", "layer1.weight", "layer2.bias", "layer2.weight"])
        self.assertEqual(tensors["layer1.weight"][0], [8, 9])
        self.assertEqual(json.loads(metadata["encoding"])["target"]["words"], ["Adelie", "Chinstrap", "Gentoo"])

        result = run("predict", "m.safetensors", PENGUINS, folder=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stdout.decode().splitlines()
        self.assertEqual(lines[0], "species,p(Adelie),p(Chinstrap),p(Gentoo)")
        self.assertEqual(len(lines), 345)
        self.assertEqual(lines[4], ",,,")  # the fourth penguin was not measured
        self.assertIn("11 rows lack something the model takes", result.stderr.decode())
        right = 0
        for line, penguin in zip(lines[1:], PENGUINS.read_text().splitlines()[1:]):
            name, *probabilities = line.split(",")
            if not name:
                continue
            probabilities = list(map(float, probabilities))
            self.assertAlmostEqual(sum(probabilities), 1.0, places=4)
            self.assertEqual(["Adelie", "Chinstrap", "Gentoo"][probabilities.index(max(probabilities))], name)
            right += penguin.startswith(name)
        self.assertIn(f"beside the 333 rows' own species: accuracy {right / 333:.4f}", result.stderr.decode())
        rows = [int(n) for n in re.search(r"^rows +(\d+) +(\d+)$", trained, re.M).groups()]
        both = sum(n * score(trained, "accuracy", part) for part, n in zip((0, 1), rows)) / 333
        self.assertAlmostEqual(right / 333, both, places=3)

        # By another order of columns, without the answers, in another notation.
        self.assertEqual(out("predict", "m.safetensors", "-", folder=self.folder, stdin=(
            "sex;year;body_mass_g;flipper_length_mm;bill_depth_mm;bill_length_mm;island\n"
            "male;2007;3.750;181;18,7;39,1;Torgersen\n").encode()).splitlines()[1], lines[1])

        shown = out("show", "m.safetensors", folder=self.folder)
        self.assertIn("MLP: 9 → 8 → 3, 107 parameters", shown)
        self.assertIn("  layer1.weight  [8, 9]", shown)
        self.assertIn("  island: Biscoe, Dream, Torgersen\n", shown)
        self.assertRegex(shown, r"  bill_length_mm: less 4\d\.\d+, divided by 5\.\d+\n")
        self.assertRegex(shown, r"Trained: 60 epochs of adam, rate 0.01; cross-entropy \S+, held out \S+\n")

    def test_goes_on_bit_for_bit(self):
        for extra in ([], ["--optimizer", "sgd", "--momentum", "0.9", "--batch", "50"], ["--optimizer", "rmsprop", "--l2", "0.01"],
                      ["--optimizer", "lbfgs"]):
            with self.subTest(extra=extra):
                line = ["train", PENGUINS, "--target", "species", "--hidden", "6", *extra]
                out(*line, "--epochs", "12", "--save", "whole.safetensors", folder=self.folder)
                out(*line, "--epochs", "5", "--save", "half.safetensors", folder=self.folder)
                out(*line, "--epochs", "12", "--resume", "half.safetensors", "--save", "again.safetensors", folder=self.folder)
                self.assertEqual(read_tensors(self.folder / "again.safetensors")[0], read_tensors(self.folder / "whole.safetensors")[0])
        line = ["train", PENGUINS, "--target", "species", "--save", "x.safetensors", "--resume", "half.safetensors"]
        self.refused(1, "is of another structure, --loss or --optimizer", *line, "--epochs", "20")
        self.refused(2, "--epochs: 5 were trained already", *line, "--hidden", "6", "--epochs", "5")
        self.refused(1, "was trained on other columns or rows", *line, "--hidden", "6", "--ignore", "sex")
        out(*line[:4], "--hidden", "6", "--epochs", "5", "--save", "half.safetensors", folder=self.folder)
        for option, value, was in (("--rate", "0.5", "0.01"), ("--schedule", "cosine", "constant"), ("--batch", "7", "32"), ("--validation", "0.5", "0.2"),
                                   ("--l2", "0.5", "0"), ("--seed", "7", "0")):
            self.refused(2, f"{option}: the training of half.safetensors goes on as it began, with {was}", *line, "--hidden", "6", option, value)
        self.refused(2, "--momentum does not go with --optimizer adam", *line, "--hidden", "6", "--momentum", "0.5", "--optimizer", "adam")
        self.refused(2, "--resume goes on with a training, and --save says where to keep it", *line[:4], "--resume", "half.safetensors")

    def test_the_best_epoch_is_gone_on_from(self):
        line = ["train", PENGUINS, "--target", "species", "--hidden", "32", "--rate", "0.03"]
        text = out(*line, "--epochs", "150", "--stop-early", "150", "--save", "whole.safetensors", folder=self.folder)
        self.assertRegex(text, r"Trained: 150 epochs of adam: the weights are those of epoch \d+, the best on the rows held out\n")
        text = out(*line, "--epochs", "150", "--stop-early", "1", "--save", "half.safetensors", folder=self.folder)
        self.assertIn("stopped early", text)
        out(*line, "--epochs", "150", "--stop-early", "150", "--resume", "half.safetensors", "--save", "again.safetensors", folder=self.folder)
        self.assertEqual(read_tensors(self.folder / "again.safetensors"), read_tensors(self.folder / "whole.safetensors"))
        self.assertRegex(out("show", "again.safetensors", folder=self.folder), r"Trained: 150 epochs of adam, rate 0.03; that of epoch \d+; cross-entropy")

    def test_interrupted_it_knows_the_best_epoch(self):
        line = ["train", str(PENGUINS), "--target", "species", "--hidden", "32", "--rate", "0.03", "--stop-early", "1000000"]
        process = subprocess.Popen([str(GRADUS), *line, "--epochs", "1000000", "--save", "half.safetensors"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        epochs = int(re.search(rb"interrupted: the model is that of epoch (\d+), kept in", errors).group(1))
        out(*line, "--epochs", epochs + 2, "--resume", "half.safetensors", "--save", "again.safetensors", folder=self.folder)
        out(*line, "--epochs", epochs + 2, "--save", "whole.safetensors", folder=self.folder)
        self.assertEqual(read_tensors(self.folder / "again.safetensors")[0], read_tensors(self.folder / "whole.safetensors")[0])

    def test_written_whole(self):
        header, *rows = PENGUINS.read_text().splitlines()
        for target, extra in (("species", ["--hidden", "8"]), ("body_mass_g", ["--hidden", "8", "--activation", "gelu"]), ("sex", [])):
            with self.subTest(target):
                out("train", PENGUINS, "--target", target, *extra, "--epochs", "10", "--save", "m.safetensors", folder=self.folder)
                shown = out("show", "m.safetensors", "-o", "m.json", folder=self.folder)
                inputs = re.findall(r"^  \d+  (.+)$", shown.split("which takes x [1, ")[1], re.M)
                predicted = out("predict", "m.safetensors", PENGUINS, folder=self.folder).splitlines()[1:]
                for k in (0, 200, 300):
                    penguin = dict(zip(header.split(","), rows[k].split(",")))
                    x = [float(penguin[name]) if "=" not in name else float(penguin[name.split("=")[0]] == name.split("=")[1]) for name in inputs]
                    graph = json.loads((self.folder / "m.json").read_text())
                    next(slot for slot in graph["slots"] if slot["name"] == "x")["value"] = x
                    (self.folder / "row.json").write_text(json.dumps(graph))
                    answer = json.loads(out("eval", "row.json", "--json", folder=self.folder))["value"]["data"]
                    said = [float(field) for field in predicted[k].split(",")[target != "body_mass_g":]]
                    for one, other in zip(answer, said, strict=True):
                        self.assertAlmostEqual(one, other, delta=1e-5 * max(1.0, abs(other)))
        self.assertIn("which takes x [5, 11]:\n  0  species=Adelie\n", out("show", "m.safetensors", "-o", "m.dot", "--rows", "5", folder=self.folder))
        self.refused(2, "--rows: 0 is not between 1 and", "show", "m.safetensors", "-o", "m.dot", "--rows", "0")
        self.refused(2, "-o: the model is shown there", "show", "m.safetensors", "-o", "-")
        onnx = run("show", "m.safetensors", "-o", "m.onnx", folder=self.folder)
        if b"ONNX" not in onnx.stderr:  # this build has it
            self.assertEqual(onnx.returncode, 0, onnx.stderr)
            self.assertIn(b"probabilities", (self.folder / "m.onnx").read_bytes())

    def test_plots(self):
        for target, labels in (("species", {"Loss", "Confusion matrix, held out", "Gentoo"}), ("body_mass_g", {"Fit, held out", "Residuals, held out"})):
            out("train", PENGUINS, "--target", target, "--epochs", "10", "--plot", "p.svg", folder=self.folder)
            texts = {"".join(e.itertext()) for e in ElementTree.parse(self.folder / "p.svg").iter("{http://www.w3.org/2000/svg}text")}
            self.assertLessEqual(labels, texts)
        out("train", PENGUINS, "--target", "species", "--features", "bill_length_mm,bill_depth_mm", "--epochs", "5", "--plot", "p.svg", folder=self.folder)
        self.assertIn("Classes, held out", (self.folder / "p.svg").read_text())

    def test_one_step_derived(self):
        text = out("train", PENGUINS, "--target", "sex", "--features", "bill_depth_mm,body_mass_g", "--epochs", "5", "--derive", "2")
        self.assertIn("One step on row 2:", text)
        self.assertIn("Backward", text)
        self.refused_with_output("--derive: there are 344 rows, and none has the number 400", "--derive", "400")
        self.refused(2, "--derive: rows are counted from 1", "train", PENGUINS, "--target", "sex", "--derive", "0")

    def refused_with_output(self, message, *arguments):
        result = run("train", PENGUINS, "--target", "sex", "--epochs", "2", *arguments)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(message, result.stderr.decode())

    def test_interrupted_it_keeps_the_last_whole_epoch(self):
        model = self.folder / "m.safetensors"
        process = subprocess.Popen([str(GRADUS), "train", str(PENGUINS), "--target", "species", "--epochs", "1000000", "--save", str(model)],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(0.7)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
        self.assertEqual((process.returncode, output), (130, b""), errors)
        epochs = int(re.search(rb"interrupted: the model is that of epoch (\d+), kept in", errors).group(1))
        self.assertIn(f"Trained: {epochs} epoch", out("show", model))

    def test_early_stopping(self):
        text = out("train", PENGUINS, "--target", "species", "--hidden", "32", "--rate", "0.03", "--epochs", "2000", "--stop-early", "5")
        self.assertRegex(text, r"Trained: \d+ epochs of adam: stopped early, the weights are those of epoch \d+\n")

    def test_schedules_and_optimizers(self):
        for name in ("constant", "step", "exponential", "cosine", "linear", "one-cycle", "plateau"):
            text = out("train", PENGUINS, "--target", "species", "--epochs", "40", "--schedule", name, "--rate", "0.05")
            self.assertGreater(score(text, "accuracy"), 0.9, name)
        for name in ("sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "adamax", "nadam", "lion", "lbfgs"):
            text = out("train", PENGUINS, "--target", "species", "--epochs", "40", "--optimizer", name)
            self.assertIn(f"40 epochs of {name}\n", text)
            self.assertGreater(score(text, "accuracy"), 0.9, name)
        self.refused(2, "--optimizer: 'adma' is not sgd, adam, adamw", "train", PENGUINS, "--target", "species", "--optimizer", "adma")
        self.refused(2, "did you mean 'cosine'?", "train", PENGUINS, "--target", "species", "--schedule", "cosin")


def houses(count=200):
    """Prices of houses, with units and thousands apart."""
    numbers = random.Random(1)
    rows = ["area,rooms,garden,price"]
    for _ in range(count):
        area, rooms, garden = numbers.randint(40, 200), numbers.randint(1, 7), numbers.choice(["yes", "no"])
        price = 3000 * area + 20000 * rooms + (40000 if garden == "yes" else 0) + numbers.gauss(0, 10000)
        rows.append(f'{area} m²,{rooms},{garden},"${price:,.0f}"')
    return "\n".join(rows) + "\n"


class Tables(InFolder):
    """As a new user meets them."""

    def test_houses_with_units(self):
        text = self.trained(houses(), target="price")
        self.assertGreater(score(text, "R²"), 0.98, text)
        self.assertLess(score(text, "RMSE"), 15000)
        formula = re.search(r"^price = (\S+) area \+ (\S+) rooms \+ (\S+) garden=yes", text, re.M)
        for number, expected, error in zip(formula.groups(), (3000, 20000, 40000), (60, 1500, 6000)):
            self.assertLess(abs(float(number) - expected), error, text)
        self.refused(1, "column 'a': '3 g' is in g, others in kg, as '75 kg' in line 3: write all in one unit", "train", "-", "--target", "y",
                     stdin=b"a,y\n3 g,1\n75 kg,2\n")

    def test_semicolons_and_decimal_commas(self):
        rows = [f"{x / 10:.1f};{(x * 0.3 - 1.25):.3f}".replace(".", ",") for x in range(60)]
        text = self.trained("weg;zeit\n" + "\r\n".join(rows), target="zeit")
        self.assertIn("\nzeit = 3.00 weg - 1.25\n", text)

    def test_a_line_through_small_numbers_is_a_lesson(self):
        small = "".join(f"{x / 20},{x / 10 + 1}\n" for x in range(-20, 20))
        self.assertIn("Learned: y = 2.00 x + 1.00\n", self.trained("x,y\n" + small))
        self.assertIn("held out", self.trained("x,y\n" + small, "--validation", "0.25"))

    def test_classes_by_number(self):
        numbers = random.Random(2)
        rows = [f"{numbers.gauss(3 * k, 1):.3f},{numbers.gauss(-k, 1):.3f},{k + 1}" for k in range(3) for _ in range(40)]
        text = self.trained("a,b,y\n" + "\n".join(rows))
        self.assertIn("Learned: 'y', 3 classes: 1, 2, 3 from 2 columns", text)
        self.assertGreater(score(text, "accuracy"), 0.85)
        self.assertIn("'y' as a number", self.trained("a,b,y\n" + "\n".join(rows), "--loss", "mse"))
        text = self.trained("a,b,y\n" + "\n".join(row for row in rows if not row.endswith("3")))
        self.assertIn("loss (bce)", text)

    def test_one_class(self):
        rows = "".join(f"{x},red\n" for x in range(30))
        self.refused(1, "[train] every row is of class red: there is nothing to tell apart", "train", "-", "--target", "y", stdin=f"x,y\n{rows}".encode())

    def test_a_constant_column(self):
        rows = "".join(f"{x},7,{2 * x}\n" for x in range(30))
        result = run("train", "-", "--target", "y", stdin=f"x,c,y\n{rows}".encode())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(b"gradus: note: column 'c' is left out: it is the same in every row\n", result.stderr)
        # Constant in the training part alone.
        self.trained("x,c,y\n" + "".join(f"{x},{int(x == 0)},{2 * x % 7}\n" for x in range(30)), "--epochs", "5", "--seed", "3")

    def test_sixty_columns(self):
        numbers = random.Random(3)
        names = ",".join(f"a{k}" for k in range(60))
        rows = []
        for _ in range(300):
            x = [numbers.gauss(0, 1) for _ in range(60)]
            rows.append(",".join(f"{v:.4f}" for v in x) + f",{'up' if x[3] + x[40] > 0 else 'down'}")
        text = self.trained(f"{names},y\n" + "\n".join(rows), "--l2", "0.01")
        self.assertIn("from 60 columns", text)
        self.assertGreater(score(text, "accuracy"), 0.8)

    def test_an_empty_file(self):
        self.refused(1, "standard input: the file is empty", "train", "-", "--target", "y")
        self.refused(1, "standard input has no rows to learn from", "train", "-", "--target", "y", stdin=b"x,y\n")

    def test_dates(self):
        rows = "".join(f"2024-01-{x + 1:02},{x},{2 * x % 5}\n" for x in range(25))
        self.refused(1, "'2024-01-01' is a date, which is no number: leave the column out (--ignore)", "train", "-", "--target", "y", stdin=f"day,x,y\n{rows}".encode())
        self.trained(f"day,x,y\n{rows}", "--ignore", "day", "--epochs", "3")

    def test_without_names(self):
        rows = "".join(f"{x},{x % 3},{'abc'[x % 3]}\n" for x in range(60))
        self.assertIn("'c2', 3 classes: a, b, c", self.trained(rows, target="c2"))
        self.refused(1, "no column 'kind'", "train", "-", "--target", "kind", stdin=rows.encode())

    def test_options_of_tables(self):
        self.refused(2, "--separator: 'ab' is not one character, nor 'tab'", "train", "-", "--target", "y", "--separator", "ab", stdin=b"x,y\n1,2\n")
        self.refused(2, "--decimal: ';' is not . or ,", "train", "-", "--target", "y", "--decimal", ";", stdin=b"x,y\n1,2\n")
        self.refused(2, "--header: 'si' is not auto, yes or no", "train", "-", "--target", "y", "--header", "si", stdin=b"x,y\n1,2\n")
        self.assertIn("Learned: 2 = ", self.trained("1\t2\n1\t2\n3\t4\n", "--header", "yes", "--separator", "tab", target="2"))

    def test_options_that_make_no_sense(self):
        rows = "".join(f"{x},{x * x % 7},{'ab'[x % 2]}\n" for x in range(40)).encode()
        for message, arguments in (
            ("--loss mse is for numbers, and the target 'y' has words", ["--loss", "mse"]), ("--batch must be at least 1", ["--batch", "-1"]),
            ("--validation: the part that is held out is 0 or more and below 1: 1", ["--validation", "1"]),
            ("--stop-early must be at least 1", ["--stop-early", "0"]), ("--l2 must be at least 0: -1", ["--l2", "-1"]),
            ("--save: 'm.json' is no name for a model", ["--save", "m.json"]), ("--plot: the result is printed there", ["--plot", "-"]),
            ("--lesson shows plain gradient descent over all rows", ["--lesson", "p.html", "--batch", "5"]),
            ("--momentum does not go with --optimizer adam: it is for sgd and rmsprop", ["--momentum", "0.5", "--optimizer", "adam"]),
            ("--l2 does not go with --optimizer lbfgs", ["--l2", "0.5", "--optimizer", "lbfgs"]),
            ("--activation: without --hidden there is no layer for it", ["--activation", "relu"])):
            self.refused(2, message, "train", "-", "--target", "y", *arguments, stdin=b"a,b,y\n" + rows)
        three = "".join(f"{x},{'abc'[x % 3]}\n" for x in range(40)).encode()
        self.refused(1, "--loss bce tells two classes apart, and 'y' has 3", "train", "-", "--target", "y", "--loss", "bce", stdin=b"a,y\n" + three)

    def test_a_number_as_loss(self):
        text = houses()
        for loss in ("mae", "huber"):
            self.assertIn(f"loss ({loss})", self.trained(text, "--loss", loss, "--epochs", "5", target="price"))

    @unittest.skipUnless(Path("/usr/lib/python3/dist-packages/sklearn/datasets/data").exists(), "without scikit-learn's data")
    def test_iris_and_wine(self):
        for name, bar in (("iris.csv", 0.9), ("wine_data.csv", 0.93)):
            lines = Path("/usr/lib/python3/dist-packages/sklearn/datasets/data", name).read_text().splitlines()[1:]
            columns = lines[0].count(",")
            self.assertGreaterEqual(score(self.trained("\n".join(lines) + "\n", target=f"c{columns}"), "accuracy"), bar)


class Files(InFolder):
    """Models from elsewhere."""

    def write(self, header, numbers=b""):
        text = json.dumps(header).encode()
        (self.folder / "x.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + numbers)

    def test_tensors_of_others_are_shown(self):
        self.write({"__metadata__": {"format": "pt\x1b[2J"}, "w": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]}}, bytes(8))
        self.assertEqual(out("show", "x.safetensors", folder=self.folder), "format: pt\\x1b[2J\n  w  float32 [2, 1]\n1 tensors, 2 numbers\n")
        self.refused(1, "x.safetensors: this is no model of gradus train: its metadata have no 'gradus'", "predict", "x.safetensors", PENGUINS)
        self.refused(1, "[show] -o writes a model that gradus train has saved; these are tensors", "show", "x.safetensors", "-o", "x.onnx")

    def test_what_is_no_model(self):
        out("train", PENGUINS, "--target", "species", "--epochs", "2", "--save", "m.safetensors", folder=self.folder)
        data = (self.folder / "m.safetensors").read_bytes()
        (length,) = struct.unpack("<Q", data[:8])
        header = json.loads(data[8 : 8 + length])
        numbers = data[8 + length :]

        def with_metadata(key, change):
            changed = json.loads(json.dumps(header))
            value = json.loads(changed["__metadata__"][key])
            change(value)
            changed["__metadata__"][key] = json.dumps(value)
            self.write(changed, numbers)

        def refused(message):
            for command in (["show", "x.safetensors"], ["predict", "x.safetensors", PENGUINS]):
                self.refused(1, message, *command)

        with_metadata("model", lambda m: m.update(hidden=[65536, 65536]))
        refused("its structure takes")
        with_metadata("model", lambda m: m.update(hidden=[-1]))
        refused("its layers have no sizes")
        with_metadata("model", lambda m: m.update(outputs=2))
        refused("its inputs or classes are not those of its layers")
        with_metadata("model", lambda m: m.pop("loss"))
        refused("its metadata are not what gradus train writes")
        with_metadata("training", lambda m: m["history"].update(model_epoch=3))
        refused("its epochs do not fit together")
        with_metadata("training", lambda m: m.update(history=3))
        refused("its metadata are not what gradus train writes")
        with_metadata("encoding", lambda m: m.update(features=[]))
        refused("[encoding] there are no features")
        (self.folder / "x.safetensors").write_bytes(data[:-1])
        refused("the file ends early")
        (self.folder / "x.safetensors").write_bytes(b"")
        refused("this is no safetensors file")
        self.refused(1, "no such.safetensors", "show", "no such.safetensors")

    @unittest.skipUnless(subprocess.run([sys.executable, "-c", "import safetensors, numpy"], stderr=subprocess.DEVNULL).returncode == 0,
                         "without Python's safetensors")
    def test_by_pythons_library(self):
        out("train", PENGUINS, "--target", "species", "--epochs", "2", "--save", "m.safetensors", folder=self.folder)
        from safetensors.numpy import load_file
        ours, _ = read_tensors(self.folder / "m.safetensors")
        theirs = load_file(str(self.folder / "m.safetensors"))
        self.assertEqual({name: tuple(array.ravel().tolist()) for name, array in theirs.items()}, {name: values for name, (_, values) in ours.items()})


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
