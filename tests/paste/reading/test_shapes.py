"""What texts say of the shapes of their data."""

import pytest

from gradcheck.paste.reading.shapes import told

LINES = {
    "w: (h, n), c: (h, 1), r: float": {"w": ["h", "n"], "c": ["h", "1"], "r": []},
    "X -- inputs, a matrix of shape (n_x, m)": {"X": ["n_x", "m"]},
    "Y -- labels of shape (1, number of examples)": {"Y": ["1", "number of examples"]},
    "- theta: numpy array, shape [D, K]": {"theta": ["D", "K"]},
    "`filters` is (4, 9) and `shifts` (4,), while `level` is a float": {
        "filters": ["4", "9"],
        "shifts": ["4"],
        "level": [],
    },
    "W1 is H x D, b1 is H × 1": {"W1": ["H", "D"], "b1": ["H", "1"]},
    "# here X.shape == (n, m)": {"X": ["n", "m"]},
    "coef = start()  # (n + 1, 1)": {"coef": ["n + 1", "1"]},
    "    def fit(self, X,  # (N, D)": {"X": ["N", "D"]},
}


@pytest.mark.parametrize(("line", "shapes"), LINES.items())
def test_a_shape_belongs_to_the_name_before_it(line: str, shapes: dict[str, list[str]]) -> None:
    found = told(line).shapes
    assert {name: found.get(name) for name in shapes} == {k: [v] for k, v in shapes.items()}


@pytest.mark.parametrize(
    "line",
    [
        "loss = cost(p, label)",
        "W = np.zeros((n, h))",
        "X = gen.normal(size=(13, 3))",
        "height, width = (28, 28)",
        "pixels of an example, for x in pixels",
        "n is the number of examples",
        "each kernel has one number per position",
        "I tried everything (really).",
    ],
)
def test_calls_and_prose_state_no_shapes(line: str) -> None:
    assert told(line).shapes == {}


@pytest.mark.parametrize("text", ["labels are +1 / -1", "y is -1 or 1", "in {-1, 1}", "y = ±1"])
def test_labels_that_are_signs_are_noticed(text: str) -> None:
    assert told(text).signs


@pytest.mark.parametrize("text", ["x.reshape(-1, 1)", "n + 1 or less", "a[-1] + 1", "the first 1"])
def test_other_ones_are_no_signs(text: str) -> None:
    assert not told(text).signs
