"""Programs as people paste them: all run, and what was assumed for that is told."""

import ast
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcheck.paste.reading.read import read
from gradcheck.paste.running.assumptions import Assumption
from gradcheck.paste.running.prepare import Prepared, prepare

Ready = Callable[..., Prepared]
Run = Callable[[Prepared], dict[str, Any]]

SHARED = Path(__file__).parents[4] / "shared"


def told(prepared: Prepared, kind: str) -> dict[str, Assumption]:
    return {each.name: each for each in prepared.assumptions if each.kind == kind}


COLUMNS = """
def start(dims):
    return {f"W{k}": np.random.randn(dims[k], dims[k - 1]) for k in range(1, len(dims))}

def sweep(X, Y, p):
    m = Y.shape[1]
    A1 = np.tanh(p["W1"] @ X)
    A2 = sigmoid(p["W2"] @ A1)
    cost = -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m
    d = A2 - Y
    return {"W2": d @ A1.T / m, "W1": (p["W2"].T @ d * (1 - A1**2)) @ X.T / m}, cost

p = start([4096, 7, 1])
for turn in range(300):
    x = np.array(pictures[0:13], ndmin=2).T
    y = np.array(labels[0:13], ndmin=2).T
    g, cost = sweep(x, y, p)
    p = apply_step(p, g, 0.2)
plt.plot(cost)
"""


def test_missing_data_get_shapes_under_which_nothing_is_stretched(ready: Ready, run: Run) -> None:
    prepared = ready(COLUMNS)
    names = run(prepared)
    samples = prepared.guesses["pictures"].shape[0]
    assert samples >= 13
    assert prepared.guesses["labels"].shape == (samples, 1)
    assert names["x"].shape[1] == names["y"].shape[1] == 13
    assert set(np.unique(names["y"])) <= {0.0, 1.0}
    assert names["cost"] < 0.69


def test_all_that_was_assumed_is_told(ready: Ready) -> None:
    prepared = ready(COLUMNS)
    assert set(told(prepared, "data")) == {"pictures", "labels"}
    assert set(told(prepared, "helper")) == {"sigmoid", "apply_step"}
    assert set(told(prepared, "import")) == {"np", "plt"}
    assert "4096" in told(prepared, "size")
    line = 1 + COLUMNS.splitlines().index("    p = apply_step(p, g, 0.2)")
    assert told(prepared, "helper")["apply_step"].line == line


def test_sizes_shrink_only_where_data_are_made_up(ready: Ready, run: Run) -> None:
    own = "import numpy as np\nx = np.ones((4096, 3))\nw = np.ones(3)\nfor k in range(2): z = x @ w"
    prepared = ready(own)
    assert run(prepared)["z"].shape == (4096,)
    assert not prepared.assumptions


def test_an_update_changes_by_the_rate_times_the_gradient(ready: Ready, run: Run) -> None:
    code = "p, g = {'W': 5.0, 'b': 3.0}, {'dW': 2.0, 'db': 7.0}\np = update_parameters(p, g, 0.1)"
    assert run(ready(code))["p"] == pytest.approx({"W": 4.8, "b": 2.3})
    swapped = "W, grads = {'W': 5.0}, {'W': 2.0}\nW = update_parameters(grads, W, 0.1)"
    assert run(ready(swapped))["W"] == pytest.approx({"W": 4.8})
    arrays = "w, b = update(5.0 * np.ones(3), 1.5 * np.ones(2), np.ones(3), np.ones(2), 0.5)"
    names = run(ready(arrays))
    assert names["w"] == pytest.approx(4.5 * np.ones(3))
    assert names["b"] == pytest.approx(np.ones(2))


def test_a_missing_slope_is_taken_where_the_program_takes_it(ready: Ready, run: Run) -> None:
    code = "z = np.linspace(-2, 3, 7)\na = sigmoid(z)\n{}"
    at_output = run(ready(code.format("d = sigmoid_derivative(a)")))
    assert at_output["d"] == pytest.approx(at_output["a"] * (1 - at_output["a"]))
    at_input = run(ready(code.format("d = sigmoid_prime(z)")))
    assert at_input["d"] == pytest.approx(at_input["a"] * (1 - at_input["a"]))


def test_labels_that_index_are_whole_numbers_of_all_classes(ready: Ready, run: Run) -> None:
    code = """
import numpy as np
W = np.random.randn(3, 5)
for turn in range(4):
    s = X @ W
    e = np.exp(s - s.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(y)), y]))
    p[np.arange(len(y)), y] -= 1
    W -= 0.1 * X.T @ p / len(y)
"""
    prepared = ready(code)
    names = run(prepared)
    assert names["X"].shape[1] == 3
    assert names["y"].shape == names["X"].shape[:1]
    assert np.issubdtype(names["y"].dtype, np.integer)


def test_a_table_gets_its_columns_from_what_the_network_takes(ready: Ready, run: Run) -> None:
    code = """
import numpy as np, pandas as pd
table = np.array(pd.read_csv("digits.csv"))
m, n = table.shape
np.random.shuffle(table)
Y, X = table[0:300].T[0], table[0:300].T[1:n] / 255.
W = np.random.rand(10, 784) - 0.5

def one_hot(labels):
    made = np.zeros((labels.size, labels.max() + 1))
    made[np.arange(labels.size), labels] = 1
    return made.T

for turn in range(3):
    A = np.exp(W @ X) / np.exp(W @ X).sum(axis=0)
    W = W - 0.1 * (A - one_hot(Y)) @ X.T / m
"""
    prepared = ready(code)
    names = run(prepared)
    assert names["A"].shape == (10, 300)
    assert prepared.guesses["table"].shape[0] > 300
    assert "784" in told(prepared, "size")


def test_a_file_of_which_columns_are_cut_off_has_as_many_as_that_takes(
    ready: Ready, run: Run
) -> None:
    code = """
import numpy as np
rows = np.genfromtxt('ore.txt')
y, X = rows[:, :1], rows[:, 1:]
W = np.zeros((17, 1))
for turn in range(3): W -= 0.1 * X.T @ (X @ W - y)
"""
    names = run(ready(code))
    assert names["X"].shape[1] == 17
    assert names["y"].shape == (len(names["X"]), 1)


def test_a_library_is_known_by_its_usual_name_though_nothing_imports_it(
    ready: Ready, run: Run
) -> None:
    code = """
table = pd.read_csv('ore.csv')
X, y = table.iloc[:, :-1].values, table.iloc[:, -1:].values
W = np.zeros((7, 1))
for turn in range(3): W -= 0.1 * X.T @ (X @ W - y)
"""
    prepared = ready(code)
    assert run(prepared)["X"].shape[1] == 7
    assert set(told(prepared, "import")) == {"pd", "np"}


def test_digits_come_as_pictures_too(ready: Ready, run: Run) -> None:
    code = """
from sklearn.datasets import load_digits
digits = load_digits()
X, rows = digits.images.reshape(len(digits.images), -1), digits.data
"""
    names = run(ready(code))
    assert np.array_equal(names["X"], names["rows"])
    assert names["digits"].images.shape[1:] == (8, 8)


def test_columns_are_found_by_name(ready: Ready, run: Run) -> None:
    code = """
import pandas as pd
df = pd.read_csv('heart.csv')
X = df.drop(columns=['target']).values
y = df['target'].values.reshape(-1, 1)
W = np.zeros((13, 1))
for turn in range(3): W -= 0.1 * X.T @ (sigmoid(X @ W) - y)
"""
    names = run(ready(code))
    assert names["X"].shape[1] == 13
    assert set(np.unique(names["y"])) <= {0, 1}


@pytest.mark.parametrize(
    ("call", "best"),
    [
        ("minimize(cost, x0=np.zeros(3), args=(X, y), jac=slope)", "best.x"),
        ("minimize(cost, np.zeros(3), (X, y), 'BFGS', slope)['x']", "best"),
        ("minimize(both, np.zeros((3, 1)), args=(X, y), jac=True).x", "best"),
        ("opt.fmin_cg(lambda v: cost(v, X, y), np.zeros(3), lambda v: slope(v, X, y))", "best"),
        ("opt.fmin_tnc(func=cost, x0=np.zeros(3), fprime=slope, args=(X, y))", "best[0]"),
        ("opt.fmin_l_bfgs_b(both, np.zeros(3), args=(X, y))", "best[0]"),
        ("opt.fmin_bfgs(onto, np.zeros(3), fprime=lambda w, X: slope(w, X, y), args=X)", "best"),
    ],
)
def test_an_optimiser_of_scipy_is_replaced_by_descent(
    ready: Ready, run: Run, call: str, best: str
) -> None:
    code = f"""
import numpy as np
from scipy import optimize as opt
from scipy.optimize import minimize
X, y = np.random.randn(7, 3), np.ones(7)
def cost(w, X, y): return np.sum((X @ w - y) ** 2) / 14
def slope(w, X, y): return X.T @ (X @ w - y) / 7
def both(w, X, y): return cost(w, X, y), slope(w, X, y)
def onto(w, X): return cost(w, X, y)
best = {call}
found = {best}
less = cost(np.zeros(3), X, y) - cost(found, X, y)
"""
    names = run(ready(code))
    assert names["found"].shape == (3,)
    assert names["less"] > 0


def test_an_optimiser_without_a_gradient_is_left_alone(ready: Ready) -> None:
    code = "from scipy.optimize import minimize\nbest = minimize(sum, x0=[1.5, 2.5])\n"
    assert not any(one.kind == "driver" for one in ready(code).assumptions)


def test_a_command_line_has_as_many_arguments_as_are_looked_at(ready: Ready, run: Run) -> None:
    code = """
import sys
if len(sys.argv) < 3:
    sys.exit("usage: program FILE RATE")
rate, name = float(sys.argv[2]), sys.argv[1]
"""
    prepared = ready(code)
    assert run(prepared)["rate"] == 3.0
    assert "2 arguments" in " ".join(one.what for one in prepared.assumptions)


def test_arguments_by_name_have_their_defaults(ready: Ready, run: Run) -> None:
    code = """
import argparse
parser = argparse.ArgumentParser(description="trains")
parser.add_argument("file")
parser.add_argument("-r", "--learning-rate", type=float, default=0.07, help="rate")
parser.add_argument("--hidden", type=int, nargs="+")
parser.add_argument("--quiet", action="store_true")
args = parser.parse_args()
"""
    args = run(ready(code))["args"]
    assert (args.file, args.learning_rate, args.hidden, args.quiet) == ("3", 0.07, [3], False)


def test_known_data_sets_have_their_shapes(ready: Ready, run: Run) -> None:
    code = """
from keras.datasets import mnist
from keras.utils import to_categorical
from sklearn.datasets import load_iris
(x, t), (xt, tt) = mnist.load_data()
x = x.reshape(60000, 28 * 28).astype('float32') / 255
t = to_categorical(t, 10)
iris = load_iris()
"""
    names = run(ready(code))
    assert names["x"].shape[1] == 784
    assert names["t"].shape == (len(names["x"]), 10)
    assert names["iris"].data.shape[1] == 4
    assert sorted(set(names["iris"].target)) == [0, 1, 2]


def test_the_parts_of_a_known_data_set_go_together(ready: Ready, run: Run) -> None:
    code = """
import mnist
pixels, digits = mnist.train_images()[:1000] / 255, mnist.train_labels()[:1000]
tests = mnist.test_images()
points = mnist.load_points('more')
print(points.shape)
"""
    names = run(ready(code))
    assert names["pixels"].shape == (len(names["digits"]), 28, 28)
    assert names["tests"].shape[1:] == (28, 28)
    assert names["digits"].max() <= 9
    assert len(names["points"])


def test_modules_that_are_not_there_give_what_is_asked_of_them(ready: Ready, run: Run) -> None:
    code = """
import h5py
from dnn_utils import sigmoid, relu_backward
from my_data import load_points
from google.colab import drive
drive.mount('/content')
X, y = load_points('train')
store = h5py.File('cats.h5', 'r')
pictures = np.array(store["pictures"][:])
W = np.zeros((3, 1))
for turn in range(3): W -= 0.1 * X.T @ (sigmoid(X @ W) - y)
"""
    names = run(ready(code))
    assert names["X"].shape[1] == 3
    assert names["y"].shape == (len(names["X"]), 1)
    assert names["relu_backward"](np.array([2.0, 3.0]), np.array([-1.0, 1.0])).tolist() == [0, 3]


def test_functions_below_their_first_use_are_known_there(ready: Ready, run: Run) -> None:
    code = "total = twice(5)\ndef twice(x): return 2 * half(x) * 2\ndef half(x): return x / 2"
    prepared = ready(code)
    assert run(prepared)["total"] == 10
    assert [node.lineno for node in prepared.statements] == [2, 3, 1]


def test_a_failing_statement_is_noted_and_not_the_end(ready: Ready) -> None:
    code = "import numpy as np\nX = thing.load()\nimport sys\n1 / 0\nsys.exit(3)\nz = X.shape"
    prepared = ready(code)
    failed = {failure.line: failure.error for failure in prepared.failures}
    assert failed == {4: "ZeroDivisionError", 5: "SystemExit"}


def test_what_was_removed_from_numpy_is_back(ready: Ready, run: Run) -> None:
    code = "import numpy as np\nx = np.math.e ** np.float(2)\ny = np.ones(3, np.bool)\nz = np.Inf"
    prepared = ready(code)
    names = run(prepared)
    assert names["x"] == pytest.approx(np.e**2)
    if not hasattr(np, "math"):
        assert "np.math" in told(prepared, "shim")


def test_a_sum_of_what_is_generated_is_pythons(ready: Ready, run: Run) -> None:
    names = run(ready("from numpy import *\na = sum(k * k for k in [2, 3])\nb = sum(eye(3), 0)"))
    assert names["a"] == 13
    assert names["b"].tolist() == [1, 1, 1]


def test_all_of_numpy_is_there_at_once_but_no_rare_part_of_it(ready: Ready, run: Run) -> None:
    importlib.import_module("numpy.testing")
    code = (
        "from numpy import *\n"
        "x = random.rand(3).dot(ones(3))\n"
        "y = mat([[2.0]]) * float(7)\n"
        "rare = [n for n in ('f2py', 'testing', 'math') if n in globals()]"
    )
    prepared = ready(code)
    assert not prepared.failures
    names = run(prepared)
    assert 0 < names["x"] < 3
    assert names["y"][0, 0] == 14
    assert names["rare"] == []


def test_a_program_that_patches_numpy_patches_its_own_copy(ready: Ready, run: Run) -> None:
    dot = np.dot
    names = run(ready("import numpy as np\nnp.dot = lambda a, b: 5\nx = np.dot(1, 2)"))
    assert names["x"] == 5
    assert np.dot is dot


def test_every_run_starts_with_the_same_numbers(ready: Ready, run: Run) -> None:
    code = (
        "import numpy as np, random\n"
        "a = np.random.randn(3), np.random.default_rng().normal(size=5), random.random()\n"
        "np.random.seed()\nb = np.random.RandomState().rand(7)\nc = X * 1"
    )
    prepared = ready(code)
    first, second = run(prepared), run(prepared)
    for one, other in zip(
        (*first["a"], first["b"], first["c"]), (*second["a"], second["b"], second["c"]), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    assert prepared.namespace(draw=0)["X"].shape == prepared.namespace(draw=1)["X"].shape
    assert np.any(prepared.namespace(draw=0)["X"] != prepared.namespace(draw=1)["X"])


def test_values_by_hand_replace_what_the_program_says(ready: Ready, run: Run) -> None:
    code = "import numpy as np\nrate = 0.5\nX = load_points()\ny = (X * rate).sum() + offset"
    prepared = ready(code, rate="2 ** -3", X="np.ones((3, 5))", offset="np.float64(7)")
    assert run(prepared)["y"] == pytest.approx(15 / 8 + 7)
    assert set(told(prepared, "set")) == {"rate", "X", "offset"}
    assert not prepared.guesses


def test_endless_loops_do_not_hang_the_trial(ready: Ready) -> None:
    code = "x = first + 1\nwhile True:\n    try: x = x + 1\n    except: pass"
    assert ready(code).failures == ()


def test_text_files_and_questions_are_answered(ready: Ready, run: Run) -> None:
    code = (
        "text = open('input.txt').read()\nn = int(input('how many? '))\n"
        "with open('out.txt', 'w') as file: file.write('x')\n"
        "import sys\nfor word in sys.argv[1:]: print(word)"
    )
    prepared = ready(code)
    names = run(prepared)
    assert len(set(names["text"])) > 20
    assert names["n"] == 3
    assert "input.txt" in told(prepared, "text")
    assert "how many?" in told(prepared, "input")


@pytest.mark.parametrize(
    ("line", "width"),
    [
        ("rows.append([float(p[0]), float(p[4]), int(p[5])])", 3),
        ("rows.append([1.0, float(p[0]), int(p[-1])])", 3),
        ("rows.append([float(part) for part in p])", 4),
        ("rows.append(np.array(p, dtype=float))", 4),
    ],
)
def test_files_hold_rows_where_the_program_makes_numbers_of_their_parts(
    line: str, width: int, ready: Ready, run: Run
) -> None:
    code = (
        "import numpy as np\nrows = []\nfor line in open('fish.csv').readlines():\n"
        f"    p = line.strip().split(',')\n    {line}\ntable = np.array(rows)"
    )
    prepared = ready(code)
    assert prepared.failures == ()
    table = run(prepared)["table"]
    assert table.shape[1] == width
    assert len(table) > 20
    assert set(table[:, -1]) == {0.0, 1.0}


@pytest.mark.parametrize(
    "made",
    [
        "Net(6, 5, 2)",
        "Net(outs=2, hidden=5, inputs=wide)",
        "Net(wide, 5, 2)",
        "net([6, 5, 2])",
    ],
)
def test_rows_of_files_have_as_many_inputs_as_the_network(
    made: str, ready: Ready, run: Run
) -> None:
    code = (
        "import numpy as np\nwide = 6\n"
        "class Net:\n    def __init__(self, inputs, hidden, outs):\n"
        "        self.w = np.random.randn(hidden, inputs)\n"
        "def net(layers):\n    return Net(*layers)\n"
        f"n = {made}\n"
        "for line in open('moths.csv'):\n    p = line.split(',')\n"
        "    kind = int(p[0])\n    z = n.w.dot(np.array(p[1:], dtype=float))"
    )
    prepared = ready(code)
    assert prepared.failures == ()
    names = run(prepared)
    assert names["z"].shape == (5,)
    assert names["kind"] in (0, 1)


def test_numbers_are_told_by_their_names(ready: Ready, run: Run) -> None:
    code = "w = 2.0\nfor turn in range(num_epochs): w = w - learning_rate * (w - 1)"
    names = run(ready(code))
    assert 1 < names["w"] < 2


def test_a_name_that_means_nothing_stays_unknown(ready: Ready) -> None:
    prepared = ready("x = Frobnicator(3)")
    assert [failure.error for failure in prepared.failures] == ["NameError"]


@pytest.mark.parametrize(
    "brought", ["from ponds import Pond\np = Pond(3)", "import ponds\np = ponds.Pond(3)"]
)
def test_what_the_text_shows_is_what_its_own_module_brings(
    brought: str, ready: Ready, run: Run
) -> None:
    code = (
        "import numpy as np\nclass Pond:\n    def __init__(self, n):\n        self.w = np.ones(n)\n"
        f"{brought}\nfor k in range(2):\n    p.w -= 0.1 * p.w"
    )
    assert run(ready(code))["p"].w.shape == (3,)


def test_text_that_is_no_python_is_told() -> None:
    with pytest.raises(SyntaxError):
        prepare("x = = 3")


@pytest.mark.parametrize("folder", ["seeds", "paste_examples"])
def test_all_practice_programs_run(folder: str, ready: Ready) -> None:
    if not (SHARED / folder).is_dir():
        pytest.skip(f"there is no {folder} beside the repository")
    failures: list[str] = []
    for path in sorted((SHARED / folder).iterdir()):
        if path.suffix in (".txt", ".py", ".ipynb"):
            for program in read(path.read_text(encoding="utf-8")).programs:
                failures += [
                    f"{path.name}: {failure}" for failure in ready(program.source).failures
                ]
    assert not failures


def test_a_loader_under_a_bare_name_gives_data(ready: Ready, run: Run) -> None:
    prepared = ready(
        "from numpy import *\n"
        "rows = genfromtxt('pond.csv', delimiter=',')\n"
        "deep = mean([row[0] - row[2] for row in rows])\n"
    )
    assert prepared.guesses["rows"].shape[1] > 2
    assert np.isfinite(run(prepared)["deep"])


def test_a_module_s_function_is_one_though_the_program_has_a_variable_of_its_name(
    ready: Ready, run: Run
) -> None:
    prepared = ready(
        "import glyphs\n"
        "glyph_images = glyphs.glyph_images()\n"
        "for glyph in glyph_images[:3]:\n"
        "    tall, wide = glyph.shape\n"
    )
    assert prepared.guesses["glyph_images"].shape[1:] == (28, 28)
    names = run(prepared)
    assert (names["tall"], names["wide"]) == (28, 28)


FITTED = """
import numpy as np
class Mean:
    def __init__(self):
        self.kept = {"at": 0.0}
    def learn(self, x, speed=0.5):
        kept = self.kept
        kept["at"] -= speed * (kept["at"] - x)
        return kept["at"]
def half(x):
    near = np.full(1, x)
    near[0] /= 2
    return near[0]
mean = Mean()
first = [mean.learn(x) for x in (4.0, 2.0, 8.0) if x > 3]
total = sum(mean.learn(x) for x in first) + 1
halves = [half(x) for x in first]
z = 5.0
again = [mean.learn(z) for z in first]
"""


def test_a_comprehension_that_trains_is_a_loop(ready: Ready, run: Run) -> None:
    prepared = ready(FITTED)
    loops = [node.lineno for node in ast.walk(prepared.tree) if isinstance(node, ast.For)]
    assert loops == [15, 16]
    plain: dict[str, Any] = {}
    exec(FITTED, plain)
    names = run(prepared)
    for name in ("first", "total", "halves", "z", "again"):
        assert names[name] == plain[name]
