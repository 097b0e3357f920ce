"""Pictures of pasted code: which entries of a wrong gradient are off, measured one by one."""

from typing import Any

import numpy as np
import pytest

from gradcheck.paste.session import Request, run
from gradcheck.reporter import Style
from gradcheck.reporters.html import REPORTER

CODE = """
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(13, 3))
Y = rng.normal(size=(13, 5))
W = rng.normal(size=(3, 5))
b = np.zeros(5)
for step in range(100):
    error = X @ W + b - Y
    loss = np.mean(error ** 2)
    grad = 2 * error / error.size
    dW = X.T @ grad
    db = grad.sum(axis=0)
    {slip}
    W -= 0.1 * dW
    b -= 0.1 * db
"""


def _problem(slip: str, *, pictures: bool = True) -> Any:
    request = Request(text=CODE.format(slip=slip), name="post.py", pictures=pictures)
    report = run(request)
    (problem,) = report.problems
    return problem, REPORTER.render(report, Style())


def test_the_map_shows_the_wrong_column_and_no_other() -> None:
    problem, page = _problem("dW[:, 3] = dW[:, 3] * 2")
    assert problem.verdict == "wrong"
    (portrait,) = problem.pictures.portraits
    assert (portrait.parameter, portrait.rows, portrait.columns) == ("W", 3, 5)
    cells = np.reshape(portrait.cells, (3, 5))
    assert (cells[:, 3] > 0).all()
    assert not np.delete(cells, 3, axis=1).any()
    assert page.count("<figure>") == 2


def test_points_are_in_units_of_the_gradient() -> None:
    problem, _ = _problem("dW[:, 3] = dW[:, 3] * 2")
    (portrait,) = problem.pictures.portraits
    for claimed, numeric, wrong in zip(
        portrait.claimed, portrait.numeric, portrait.wrong, strict=True
    ):
        assert claimed == pytest.approx(numeric * (2 if wrong else 1), rel=1e-6)


@pytest.mark.parametrize(("slip", "pictures"), [("pass", True), ("dW[:, 3] = dW[:, 3] * 2", False)])
def test_nothing_is_drawn_of_what_is_right_or_where_nobody_looks(slip: str, pictures: bool) -> None:
    problem, page = _problem(slip, pictures=pictures)
    assert problem.pictures is None
    assert "<figure>" not in page


def test_large_parameters_are_drawn_by_a_part_of_their_entries() -> None:
    wide = CODE.replace("(3, 5)", "(3, 307)").replace("(13, 5)", "(13, 307)")
    wide = wide.replace("np.zeros(5)", "np.zeros(307)")
    request = Request(text=wide.format(slip="dW = -dW"), name="post.py", pictures=True)
    (problem,) = run(request).problems
    assert problem.pictures is not None
    (portrait,) = problem.pictures.portraits
    assert portrait.parameter == "W"
    assert all(portrait.wrong)
    assert len(portrait.wrong) == 256
    assert None in portrait.cells or all(portrait.cells)
