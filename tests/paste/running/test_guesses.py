"""Shapes of unseen data: those that the text states, and what failures say about others."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcheck.paste.running import trial
from gradcheck.paste.running.data import Guess
from gradcheck.paste.running.lessons import lessons
from gradcheck.paste.running.prepare import Prepared, options, prepare

Run = Callable[[Prepared], dict[str, Any]]

COLUMNS = """
import numpy as np

def output(A, u, s, v, t):
    H = np.tanh(u @ A + s)
    return H, v.T @ H + t

def descend(A, goal, u, s, v, t, eps, rounds):
    for turn in range(rounds):
        H, out = output(A, u, s, v, t)
        e = (out - goal) / goal.size
        back = (v @ e) * (1 - H ** 2)
        u, s = u - eps * (back @ A.T), s - eps * back.sum(axis=1, keepdims=True)
        v, t = v - eps * (H @ e.T), t - eps * e.sum()
    return u, s, v, t
"""
SHAPES = {"A": [["n", "N"]], "goal": [["1", "N"]], "s": [["h", "1"]], "t": [[]]}


def test_sizes_of_one_name_are_one_size(run: Run) -> None:
    names = run(prepare(COLUMNS, options({"shapes": SHAPES})))
    assert names["A"].shape[1] == names["goal"].shape[1]
    assert names["A"].shape[0] != names["A"].shape[1]
    assert names["goal"].shape[0] == names["s"].shape[1] == 1
    assert names["u"].shape == (names["s"].shape[0], names["A"].shape[0])
    assert isinstance(names["t"], float)


def test_what_fits_in_a_loop_is_seen_however_late_it_is(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "_SECONDS", 0.0)
    names = run(prepare(COLUMNS, options({"shapes": SHAPES})))
    assert names["u"].shape == (names["s"].shape[0], names["A"].shape[0])


def test_without_a_word_the_parameters_fit_their_gradients(run: Run) -> None:
    names = run(prepare(COLUMNS))
    assert names["s"].shape == names["result"][1].shape
    assert names["u"].shape == names["result"][0].shape
    assert names["A"].shape[1] not in names["s"].shape


def test_what_scales_an_update_is_no_tiny_number(run: Run) -> None:
    assert run(prepare(COLUMNS))["eps"] == pytest.approx(0.1)


def test_a_stated_shape_that_can_not_be_is_given_up(run: Run) -> None:
    names = run(prepare(COLUMNS, options({"shapes": {"s": [["4", "9", "2"]]}})))
    assert names["s"].ndim < 3


def test_labels_are_signs_where_the_text_says_so(run: Run) -> None:
    code = "import numpy as np\nw = np.zeros(3)\nfor k in range(2):\n    w -= x.T @ (x @ w - y)"
    values = [run(prepare(code, options({"signs": signs})))["y"] for signs in (True, False)]
    assert [set(value.ravel()) for value in values] == [{-1.0, 1.0}, {0, 1}]


@pytest.mark.parametrize(("shape", "axis"), [(["4", "m"], 0), (["m", "4"], 1)])
def test_classes_are_fewer_than_samples(shape: list[str], axis: int, run: Run) -> None:
    code = "import numpy as np\nw = 1.0\nfor k in range(2):\n    w -= 0.1 * np.mean(labels)"
    labels = run(prepare(code, options({"shapes": {"labels": [shape]}})))["labels"]
    assert np.all(labels.sum(axis=axis) == 1)


FLAT = """
import numpy as np

def learn(waves, answers, kernels, top, level, rate=0.1):
    for turn in range(3):
        for wave, answer in zip(waves, answers):
            seen = np.array([[wave[i:i + 3] @ k for i in range(len(wave) - 2)] for k in kernels])
            e = np.dot(seen.ravel(), top) + level - answer
            top = top - rate * e * seen.ravel()
            level = level - rate * e
    return top, level
"""


def test_a_size_that_only_a_failure_tells_is_found(run: Run) -> None:
    names = run(prepare(FLAT, options({"shapes": {"kernels": [["2", "3"]], "level": [[]]}})))
    assert names["top"].shape == (2 * (names["waves"].shape[1] - 2),)


@pytest.mark.parametrize(
    ("shape", "message", "first"),
    [
        ((4, 7), "shapes (8,) and (4,7) not aligned: 8 (dim 0) != 4 (dim 0)", (8,)),
        ((5, 3), "operands could not be broadcast together with shapes (7,11) (5,3) ", (7, 1)),
        ((5, 3), "matmul: Input operand 1 has a mismatch (size 5 is different from 7)", (7, 3)),
    ],
)
def test_a_failure_says_which_shape_would_do(
    shape: tuple[int, ...], message: str, first: tuple[int, ...]
) -> None:
    guess = Guess(shape=shape, kind="normal")
    assert next(lessons(guess, message)).shape == first
    assert not list(lessons(guess, "division by zero"))


def test_nothing_has_an_entry_for_each_sample_but_the_data() -> None:
    message = "operands could not be broadcast together with shapes (11,3) (3,2) "
    shapes = {one.shape for one in lessons(Guess(shape=(3, 2), kind="normal"), message, (11,))}
    assert (3,) in shapes
    assert not any(11 in shape for shape in shapes)


ROWS = """
import numpy as np

def train(X, y, W1, b1, W2, b2, lr, epochs):
    for epoch in range(epochs):
        H = np.tanh(X.dot(W1) + b1)
        D = (H.dot(W2) + b2 - y) / len(X)
        B = D.dot(W2.T) * (1 - H ** 2)
        W1 -= lr * X.T.dot(B)
        b1 -= lr * B.sum(axis=0)
        W2 -= lr * H.T.dot(D)
        b2 -= lr * D.sum(axis=0)
    return W1, b1, W2, b2
"""


def test_a_bias_is_as_long_as_its_layer_is_wide(run: Run) -> None:
    prepared = prepare(ROWS)
    names = run(prepared)
    assert not prepared.failures
    assert names["b1"].shape == (names["W1"].shape[1],)
    assert names["b2"].shape == (names["W2"].shape[1],)
    assert names["lr"] == pytest.approx(0.1)


SEQUENCES = """
import numpy as np

class Counter:
    def __init__(self, n_inputs, n_hidden, seq_len):
        self.n, self.seq_len = n_hidden, seq_len
        self.W = np.random.randn(n_hidden, n_inputs) / 3
        self.U = np.random.randn(n_hidden, n_hidden) / 3

    def forward(self, steps):
        h = np.zeros((self.n, 1))
        for t in range(self.seq_len):
            h = np.tanh(self.W @ steps[t].reshape(-1, 1) + self.U @ h)
        return h

    def fit(self, X, goals):
        for k in range(len(X)):
            print(np.sum((self.forward(X[k]) - goals[k]) ** 2))
"""


@pytest.mark.parametrize("made", ["Counter(n_inputs, n_hidden, seq_len)", "Counter(6, 5, 3)"])
def test_samples_have_steps_where_the_program_speaks_of_their_number(run: Run, made: str) -> None:
    names = run(prepare(f"{SEQUENCES}\nmodel = {made}\nmodel.fit(X, goals)\n"))
    assert names["X"].ndim == 3
    assert names["X"].shape[1] >= names["model"].seq_len
    assert names["X"].shape[2] == names["model"].W.shape[1]


PAIRS = """
import random
import numpy as np
from deer import load_tracks

class Net:
    def __init__(self, sizes):
        self.ws = [np.random.randn(o, i) for i, o in zip(sizes[:-1], sizes[1:])]

    def run(self, a):
        for w in self.ws:
            a = np.tanh(w @ a)
        return a

    def fit(self, tracks, rounds, batch_size, tests=None):
        for turn in range(rounds):
            random.shuffle(tracks)
            batches = [tracks[k:k + batch_size] for k in range(0, len(tracks), batch_size)]
            for batch in batches:
                self.step(batch)
        self.hits = sum(int(np.argmax(self.run(x)) == y) for x, y in tests)

    def step(self, batch):
        self.seen = len(batch)
        for x, y in batch:
            self.off = self.run(x) - y

train, other, test = load_tracks()
net = Net([6, 5, 3])
net.fit(list(train)[:900], 2, 4, tests=test)
"""
SINGLE = """
import random
import numpy as np
w = np.zeros((3, 5))
for turn in range(9):
    wave, kind = random.choice(records)
    goal = np.zeros(3)
    goal[kind] = 1
    w -= 0.1 * np.outer(w @ wave - goal, wave)
"""


def test_what_is_taken_apart_in_two_is_made_up_as_pairs(run: Run) -> None:
    names = run(prepare(PAIRS))
    x, y = names["train"][0]
    assert (x.shape, y.shape) == ((6, 1), (3, 1))
    assert names["net"].off.shape == (3, 1)
    assert names["net"].seen == 4
    assert {label for _, label in names["test"]} == {0, 1, 2}


def test_one_pair_at_a_time_may_have_a_label(run: Run) -> None:
    wave, kind = run(prepare(SINGLE))["records"][0]
    assert wave.shape == (5,)
    assert kind in range(3)
