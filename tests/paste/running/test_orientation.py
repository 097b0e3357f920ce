"""A softmax that is missing is taken along the axis that the program's products tell."""

import ast
from collections.abc import Callable
from typing import Any

import pytest

from gradcheck.paste.running.orientation import handed_columns
from gradcheck.paste.running.prepare import Prepared

Ready = Callable[..., Prepared]
Run = Callable[[Prepared], dict[str, Any]]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("p = softmax(np.dot(W2, h) + b2)", True),
        ("z = net['W2'] @ h + net['b2']\np = softmax(z)", True),
        ("self.z = self.w_out.T.dot(h)\np = tools.softmax(self.z)", True),
        ("z = np.matmul(theta, h)\np = softmax(z, 0)", True),
        ("p = softmax(np.dot(h, W2) + b2)", False),
        ("z = h @ net['W2'].T + net['b2']\np = softmax(z)", False),
        ("z = h.dot(self.weights[-1])\np = softmax(z)", False),
        ("p = softmax(z)", False),
        ("p = softmax(W @ h)\nq = softmax(h @ W)", False),
        ("p = softmax(rows.dot(columns))", False),
        ("p = sigmoid(W2 @ h)", False),
    ],
)
def test_weights_on_the_left_have_samples_in_columns(lines: str, told: bool) -> None:
    assert handed_columns(ast.parse(lines), "softmax") is told


@pytest.mark.parametrize(("product", "axis"), [("W @ X", 0), ("X.T @ W.T", 1)])
def test_a_missing_softmax_adds_up_to_one_for_each_sample(
    product: str, axis: int, ready: Ready, run: Run
) -> None:
    code = (
        "import numpy as np\nfrom helpers import softmax\n"
        f"X, W = np.random.randn(4, 6), np.random.randn(3, 4)\np = softmax({product})"
    )
    assert run(ready(code))["p"].sum(axis=axis) == pytest.approx(1)


def test_a_table_has_as_many_labels_as_the_program_has_outputs(ready: Ready, run: Run) -> None:
    code = (
        "import numpy as np\nimport pandas as pd\n"
        "flowers = pd.read_csv('flowers.csv')\n"
        "x = flowers.drop('kind', axis=1).values\n"
        "t = pd.get_dummies(flowers['kind']).values.astype(float)\n"
        "w = np.random.randn(x.shape[1], 4)\n"
        "for turn in range(9):\n"
        "    e = x @ w - t\n"
        "    w -= 0.01 * x.T @ e\n"
    )
    assert run(ready(code))["e"].shape[1] == 4
