"""What must not be said: of data that nobody has shown, and of steps that are not to blame."""

from collections.abc import Callable
from typing import Any

import pytest

Remarks = Callable[[str], "list[dict[str, Any]]"]


def test_nothing_is_said_of_data_that_are_made_up(
    program: Callable[..., str], remarks: Remarks
) -> None:
    source = program("network", ("X = rng.randn(41, 3)\n", ""), ("lr = 0.5", "lr = 1e-8"))
    source = source.replace("Y = 0.5 + 0.3 * np.sin(X[:, :1] + 0.4 * X[:, 1:2])\n", "")
    assert remarks(source) == []


def test_no_step_is_blamed_where_the_gradient_is_wrong(
    program: Callable[..., str], remarks: Remarks
) -> None:
    source = program("line", ("speed=0.1", "speed=7.0"), ("2 * miss @ x.T", "2 * miss @ x.T ** 2"))
    assert remarks(source) == []


@pytest.mark.parametrize(
    "base", ["network", "line", "softmax", "momentum", "relu", "checked", "lists"]
)
def test_a_program_that_learns_gets_no_remark(
    base: str, program: Callable[..., str], remarks: Remarks
) -> None:
    assert remarks(program(base)) == []


EMPTIED = """\
import numpy as np

rng = np.random.RandomState(4)
W = rng.randn(2, 5)
V = rng.randn(5, 1)
W_more, V_more = np.zeros_like(W), np.zeros_like(V)
rows = rng.randint(2, size=(60, 2)) * 1.0
for turn in range(60):
    for k in range(4):
        x = rows[[(turn + k) % 60]]
        h = np.tanh(x @ W)
        off = h @ V - x.sum()
        loss = 0.5 * np.sum(off ** 2)
        V_more += h.T @ off
        W_more += x.T @ (off @ V.T * (1 - h ** 2))
    W -= 0.05 * W_more
    V -= 0.05 * V_more
    W_more *= 0
    V_more *= 0
"""


def test_what_is_added_up_and_emptied_again_is_no_layer_of_equal_units(remarks: Remarks) -> None:
    assert not [remark for remark in remarks(EMPTIED) if remark["code"] == "TRN05"]
