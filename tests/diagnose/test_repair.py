"""The repair of formulas: the edit that a person would make, proved, and no other."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent

import pytest

from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config.claims import Policy
from gradcheck.config.load import Loaded, Loader
from gradcheck.diagnose.mending import FRESH
from gradcheck.diagnose.repair import Repair, repair
from gradcheck.network.planted import Reference

NETWORK = """
network:
  inputs: {x: [5]}
  layers:
    - hidden: {dense: {units: 11}}
    - hidden_out: sigmoid
    - output: {dense: {units: 3}}
loss: {squared_error: {factor: 0.5, reduction: batch_mean}}
regularization: {l2: 0.3}
data: {batch: 7, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
gradients:
  backward: |
"""
RIGHT = """
delta = (yhat - y) / m
d_hidden = delta @ output.weight.T * sigmoid_prime(hidden)
grad.output.weight = hidden_out.T @ delta + l2 * output.weight
grad.output.bias = delta.sum(axis=0)
grad.hidden.weight = x.T @ d_hidden + l2 * hidden.weight
grad.hidden.bias = d_hidden.sum(axis=0)
"""

Mend = Callable[..., Repair | None]


@pytest.fixture
def mend(tmp_path: Path) -> Mend:
    """Return what repairs formulas for a small network."""

    def mended(backward: str, likely: tuple[str, ...] = ()) -> Repair | None:
        path = tmp_path / "net.yaml"
        path.write_text(NETWORK + indent(dedent(backward).strip(), "    ") + "\n", "utf-8")
        (loaded,) = Loader(ops=OPS, faults=FAULTS, policy=Policy()).load(path, path.name)
        assert isinstance(loaded, Loaded), loaded
        assert loaded.formulas is not None
        probes = [loaded.problem.probe(k, 0) for k in range(3 + FRESH)]
        reference = Reference(loaded.network, probes[1])
        return repair(loaded.formulas, [reference], lambda: probes[3:], likely)

    return mended


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(yhat - y) / m", "(y - yhat) / m"),
        ("(yhat - y) / m", "yhat - y"),
        ("sigmoid_prime(hidden)", "sigmoid_prime(hidden_out)"),
        ("@ output.weight.T * sigmoid_prime(hidden)", "@ output.weight.T"),
        ("x.T @ d_hidden + l2 * hidden.weight", "x.T @ d_hidden"),
        ("x.T @ d_hidden + l2 * hidden.weight", "x.T @ d_hidden - l2 * hidden.weight"),
        ("d_hidden.sum(axis=0)", "d_hidden.mean(axis=0)"),
        ("d_hidden.sum(axis=0)", "d_hidden.sum()"),
        ("grad.output.bias = delta.sum(axis=0)", "grad.output.bias = 2 * delta.sum(axis=0)"),
    ],
)
def test_a_single_mistake_is_undone(old: str, new: str, mend: Mend) -> None:
    assert old in RIGHT
    found = mend(RIGHT.replace(old, new))
    assert found is not None
    assert len(found.edits) == 1
    assert found.proofs == FRESH
    changed = RIGHT.replace(old, new).strip().splitlines()
    repaired = found.text.strip().splitlines()
    touched = [k for k, (a, b) in enumerate(zip(changed, repaired, strict=True)) if a != b]
    planted = [
        k
        for k, (a, b) in enumerate(zip(changed, RIGHT.strip().splitlines(), strict=True))
        if a != b
    ]
    assert touched == planted


def test_two_mistakes_are_undone_together(mend: Mend) -> None:
    wrong = RIGHT.replace("yhat - y", "y - yhat").replace(
        "sigmoid_prime(hidden)", "sigmoid_prime(hidden_out)"
    )
    found = mend(wrong)
    assert found is not None
    assert {edit.kind for edit in found.edits} == {"swap-operands", "replace-name"}
    assert found.text.strip() == RIGHT.strip()
    assert found.spots == ((1, 10), (2, 52))
    assert found.changed == (
        frozenset({"output.weight", "output.bias", "hidden.weight", "hidden.bias"}),
        frozenset({"hidden.weight", "hidden.bias"}),
    )


def test_right_formulas_get_no_edit_that_changes_them(mend: Mend) -> None:
    found = mend(RIGHT)
    assert found is None


def test_what_no_small_edit_repairs_is_left_alone(mend: Mend) -> None:
    wrong = RIGHT.replace("d_hidden = delta @ output.weight.T * sigmoid_prime(hidden)",
                          "d_hidden = exp(hidden) * cos(hidden_out)")  # fmt: skip
    assert mend(wrong) is None


def test_the_edit_that_the_diagnosis_suggests_is_preferred(mend: Mend) -> None:
    wrong = RIGHT.replace("(yhat - y) / m", "yhat - y")
    found = mend(wrong, ("divide",))
    assert found is not None
    assert [edit.kind for edit in found.edits] == ["divide"]
    assert found.text.strip() == RIGHT.strip()
    assert found.alternatives == 0
