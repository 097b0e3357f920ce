"""The repair of formulas: the edit that a person would make, proved, and no other."""

from collections.abc import Callable
from dataclasses import replace
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
  inputs: {{x: [5]}}
  layers:
    - hidden: {{dense: {{units: 11}}}}
    - hidden_out: sigmoid
    - output: {{dense: {{units: 3}}}}
loss: {{{loss}, reduction: batch_mean}}}}
regularization: {{l1: 0.2, l2: 0.3}}
data: {{batch: 7, x: {{normal: [0, 1]}}, y: {{normal: [0, 1]}}}}
gradients:
  update: "{update}"
  backward: |
"""
RIGHT = """
delta = (yhat - y) / m
d_hidden = delta @ output.weight.T * sigmoid_prime(hidden)
grad.output.weight = hidden_out.T @ delta + l2 * output.weight + l1 * sign(output.weight)
grad.output.bias = delta.sum(axis=0)
grad.hidden.weight = x.T @ d_hidden + l2 * hidden.weight + l1 * sign(hidden.weight)
grad.hidden.bias = d_hidden.sum(axis=0)
"""

Mend = Callable[..., Repair | None]


@pytest.fixture
def mend(tmp_path: Path) -> Mend:
    """Return what repairs formulas for a small network."""

    def mended(
        backward: str,
        likely: tuple[str, ...] = (),
        update: str = "-=",
        loss: str = "squared_error: {factor: 0.5",
        far: float = 0.0,
    ) -> Repair | None:
        path = tmp_path / "net.yaml"
        network = NETWORK.format(update=update, loss=loss)
        path.write_text(network + indent(dedent(backward).strip(), "    ") + "\n", "utf-8")
        (loaded,) = Loader(ops=OPS, faults=FAULTS, policy=Policy()).load(path, path.name)
        assert isinstance(loaded, Loaded), loaded
        assert loaded.formulas is not None
        probes = [loaded.problem.probe(k, 0) for k in range(3 + FRESH)]
        data = {**probes[1].data, "y": probes[1].data["y"] + far}
        reference = Reference(loaded.network, replace(probes[1], data=data))
        return repair(
            loaded.formulas, [reference], lambda: probes[3:], likely, loaded.formulas.sign
        )

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
        ("l2 * hidden.weight", "l1 * hidden.weight"),
        ("(yhat - y) / m", "(m - y) / yhat"),
        ("* sigmoid_prime(hidden)", "* hidden_out"),
        ("delta @ output.weight.T * sigmoid_prime(hidden)", "sigmoid_prime(hidden)"),
        ("hidden_out.T @ delta + l2 * output.weight", "l2 * output.weight"),
        (" + l2 * output.weight + l1 * sign(output.weight)", ""),
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


def test_a_name_is_replaced_wherever_a_statement_has_it(mend: Mend) -> None:
    found = mend(RIGHT.replace("sigmoid_prime(hidden)", "hidden * (1 - hidden)"))
    assert found is not None
    assert "hidden_out * (1 - hidden_out)" in found.text
    assert [edit.what for edit in found.edits] == ["write hidden_out for hidden (2 times)"]


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


def test_a_name_that_is_assigned_twice_is_what_it_is_at_each_place(mend: Mend) -> None:
    twice = RIGHT.replace(" * sigmoid_prime(hidden)", "\nd_hidden = d_hidden * {slope}")
    found = mend(twice.format(slope="sigmoid_prime(hidden_out)"))
    assert found is not None
    assert found.text.strip() == twice.format(slope="sigmoid_prime(hidden)").strip()
    found = mend(
        twice.format(slope="sigmoid_prime(hidden)").replace("output.weight.T", "(-output.weight.T)")
    )
    assert found is not None
    assert found.spots[0][0] == 2


def test_what_an_update_adds_is_repaired_as_such(mend: Mend) -> None:
    added = RIGHT.replace("yhat - y", "y - yhat").replace("+ l2", "- l2").replace("+ l1", "- l1")
    assert mend(added, update="+=") is None
    found = mend(added.replace("sigmoid_prime(hidden)", "sigmoid_prime(hidden_out)"), update="+=")
    assert found is not None
    assert found.text.strip() == added.strip()


def test_what_fits_at_one_point_by_accident_does_not_end_the_search(mend: Mend) -> None:
    """Where all residuals are far below zero, the other sign of the wrong end would do."""
    cut = RIGHT.replace("(yhat - y) / m", "clip(yhat - y, -0.5, 0.5) / m")
    found = mend(cut.replace("-0.5", "0.5"), loss="huber: {delta: 0.5", far=50.0)
    assert found is not None
    assert found.text.strip() == cut.strip()


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
