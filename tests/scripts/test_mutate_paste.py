"""The mutation study: its operators plant what they say, and it leaves out only what it may."""

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """\
import numpy as np

gen = np.random.default_rng(5)
x = gen.normal(size=(7, 3))
t = gen.normal(size=(7, 2))
W1 = gen.normal(size=(3, 5))
W2 = gen.normal(size=(5, 2))
for turn in range(50):
    z = x @ W1
    h = np.tanh(z)
    y = h @ W2
    loss = 0.5 * np.sum((y - t) ** 2) / len(x)
    dy = (y - t) / len(x)
    dW2 = h.T @ dy
    dW2 += 0 * W2
    dz = dy @ W2.T * (1 - h ** 2)
    dW1 = x.T @ dz
    bias = dz.sum(axis=0)
    W2 -= 0.01 * dW2
    W1 -= 0.01 * dW1
"""
BACKWARD = frozenset(range(13, 21))


@pytest.fixture(scope="module", autouse=True)
def on_path() -> Iterator[None]:
    """Put the scripts' folder where the script itself finds its modules."""
    before = [*sys.path]
    sys.path.insert(0, str(ROOT / "scripts"))
    yield
    sys.path[:] = before


def lib(module: str) -> Any:
    return importlib.import_module(f"paste_lib.{module}")


def lines(operator: str) -> set[tuple[int, str | None]]:
    return {
        (line, new and new.strip())
        for mutant in lib("operators").mutants(PROGRAM, BACKWARD)
        if mutant.operator == operator
        for line, new in mutant.lines.items()
    }


@pytest.mark.parametrize(
    ("operator", "line", "new"),
    [
        ("flip a sign", 13, "dy = (y + t) / len(x)"),
        ("flip a sign", 19, "W2 += 0.01 * dW2"),
        ("drop a factor", 16, "dz = (dy @ W2.T)"),
        ("repeat a factor", 19, "W2 -= (0.01 * dW2 * dW2)"),
        ("swap two variables", 13, "dy = (t - y) / len(x)"),
        ("transpose", 14, "dW2 = h @ dy"),
        ("change an axis", 18, "bias = dz.sum(axis=1)"),
        ("drop a mean", 13, "dy = (y - t)"),
        ("wrong layer's index", 16, "dz = dy @ W1.T * (1 - h ** 2)"),
        ("assign for accumulate", 15, "dW2 = 0 * W2"),
        ("activation for pre-activation", 16, "dz = dy @ W2.T * (1 - z ** 2)"),
        ("stale weight", 19, None),
    ],
)
def test_an_operator_plants_its_mistake(operator: str, line: int, new: str | None) -> None:
    assert (line, new) in lines(operator)


def test_every_mutant_is_python_and_leaves_the_forward_pass_alone() -> None:
    rows = PROGRAM.split("\n")
    found = list(lib("operators").mutants(PROGRAM, BACKWARD))
    assert {mutant.operator for mutant in found} >= {*lib("operators").OPERATORS} - {"drop a term"}
    for mutant in found:
        assert set(mutant.lines) <= BACKWARD
        new = [mutant.lines.get(number, row) for number, row in enumerate(rows, 1)]
        ast.parse("\n".join(row for row in new if row is not None))


@pytest.mark.parametrize(
    ("line", "new", "why"),
    [
        (16, "    dz = dy @ W2 * (1 - h ** 2)", "it does not run"),
        (16, "    dz = dy @ W2.T * (1 - h * h)", "it changes nothing"),
        (13, "    dy = (y - t)", "it changes one common positive factor"),
        (16, "    dz = dy @ W2.T * (1 - h)", None),
    ],
)
def test_only_what_is_no_mistake_is_left_out(
    line: int, new: str, why: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "program.txt"
    path.write_text(PROGRAM)
    rows = PROGRAM.split("\n")
    rows[line - 1] = new
    planted = lib("study").Planted(
        path=path, index=0, line=line, operator="by hand", text="\n".join(rows)
    )
    outcome = lib("study").studied(planted)
    assert outcome.left_out == why
    if why is None:
        assert outcome.detected
        assert outcome.located
        assert outcome.verified
        assert outcome.patched


def test_a_sample_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    path = tmp_path / "program.txt"
    path.write_text(PROGRAM)
    one, other, third = (
        [(p.line, p.operator) for p in lib("study").planted([path], seed)] for seed in (0, 0, 1)
    )
    assert one == other
    assert sorted(one) == sorted(third)
    assert one != third
    assert {line for line, _ in one} <= BACKWARD
