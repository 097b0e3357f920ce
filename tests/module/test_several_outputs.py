"""Passes with several outputs: each is in the loss, under an upstream gradient of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from gradcheck import check
from gradcheck.cli import main
from gradcheck.settings import Settings

Array = Any

SAMPLES, INPUTS, UNITS = 2, 3, 5

PATHS = {
    "h to o": {"b", "Wx", "Wh", "x", "prev_h"},
    "h to c": {"b", "Wx", "Wh", "x", "prev_h", "prev_c"},
    "c to c": {"b", "Wx", "Wh", "x", "prev_h", "prev_c"},
    "to prev_c": {"prev_c"},
    "to i": {"b", "Wx", "Wh", "x", "prev_h"},
    "to f": {"b", "Wx", "Wh", "x", "prev_h"},
    "to g": {"b", "Wx", "Wh", "x", "prev_h"},
    "to prev_h": {"prev_h"},
}
"""The ways of gradients through a step of an LSTM, and what is wrong if one is lost."""


def _draw(*shape: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).normal(size=shape)


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def lstm_step_forward(
    x: Array, prev_h: Array, prev_c: Array, Wx: Array, Wh: Array, b: Array
) -> Any:
    i, f, o, g = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = _sigmoid(i), _sigmoid(f), _sigmoid(o), np.tanh(g)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


def _step_back(dnext_h: Array, dnext_c: Array, cache: Any, lost: str = "") -> Any:
    x, prev_h, prev_c, wx, wh, i, f, o, g, next_c = cache
    keep = {path: float(path != lost) for path in PATHS}
    t = np.tanh(next_c)
    dc = dnext_c * keep["c to c"] + dnext_h * o * (1 - t**2) * keep["h to c"]
    di, df = dc * g * keep["to i"], dc * prev_c * keep["to f"]
    do, dg = dnext_h * t * keep["h to o"], dc * i * keep["to g"]
    gates = [di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)]
    da = np.hstack(gates)
    back = da @ wx.T, da @ wh.T * keep["to prev_h"], dc * f * keep["to prev_c"]
    return *back, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def _backward(lost: str = "") -> Callable[..., Any]:
    return lambda dnext_h, dnext_c, cache: _step_back(dnext_h, dnext_c, cache, lost)


def _given() -> tuple[Array, ...]:
    states = (_draw(SAMPLES, INPUTS), _draw(SAMPLES, UNITS, seed=2), _draw(SAMPLES, UNITS, seed=3))
    weights = _draw(INPUTS, 4 * UNITS), _draw(UNITS, 4 * UNITS, seed=5), _draw(4 * UNITS, seed=7)
    return *states, *weights


def _checked(backward: Callable[..., Any]) -> Any:
    functions = lstm_step_forward, backward
    (report,) = check(functions, inputs=_given(), settings=Settings(points=1)).problems
    return report


def _wrong(target: Any, inputs: Any) -> set[str]:
    (report,) = check(target, inputs=inputs, settings=Settings(points=1)).problems
    assert report.verdict in ("right", "wrong"), report.message
    return {c.parameter for c in report.checks if c.verdict == "wrong"}


def test_a_right_step_of_an_lstm_is_checked_in_silence_for_both_states() -> None:
    report = _checked(_backward())
    assert report.verdict == "right"
    assert len(report.checks) == 6
    assert not report.findings
    assert not any("output" in remark for remark in report.remarks)
    assert {c.method for c in report.checks} == {"complex_step"}


@pytest.mark.parametrize("lost", PATHS)
def test_each_path_through_a_step_of_an_lstm_is_checked(lost: str) -> None:
    assert _wrong((lstm_step_forward, _backward(lost)), _given()) == PATHS[lost]


def test_upstream_gradients_are_told_by_the_names_of_the_outputs() -> None:
    def exchanged(dnext_c: Array, dnext_h: Array, cache: Any) -> Any:
        return _step_back(dnext_h, dnext_c, cache)

    assert not _wrong((lstm_step_forward, exchanged), _given())


def test_an_upstream_gradient_with_a_default_is_given_too() -> None:
    def usual(dnext_h: Array, cache: Any, dnext_c: Array | float = 0.0) -> Any:
        return _step_back(dnext_h, dnext_c, cache)

    def deaf(dnext_h: Array, cache: Any, dnext_c: Array | float = 0.0) -> Any:
        return _step_back(dnext_h, 0 * dnext_c, cache)

    assert not _wrong((lstm_step_forward, usual), _given())
    assert _wrong((lstm_step_forward, deaf), _given()) == PATHS["c to c"]


def test_it_is_told_for_which_outputs_no_upstream_gradient_is_taken() -> None:
    def first_alone(dnext_h: Array, cache: Any) -> Any:
        return _step_back(dnext_h, 0 * dnext_h, cache)

    report = _checked(first_alone)
    assert report.verdict == "right"
    assert any("no upstream gradient for next_c" in remark for remark in report.remarks)


def test_an_upstream_gradient_of_no_output_is_zero_and_told() -> None:
    def added(dnext_h: Array, dnext_c: Array, dnext_h_later: Array, cache: Any) -> Any:
        return _step_back(dnext_h + dnext_h_later, dnext_c, cache)

    report = _checked(added)
    assert report.verdict == "right"
    assert any("no output for dnext_h_later" in remark for remark in report.remarks)


class Cell:
    """The step as a layer that hands on its state as a pair."""

    lost = ""

    def __init__(self, inputs: int = INPUTS, units: int = UNITS) -> None:
        self.Wx, self.Wh = _draw(inputs, 4 * units), _draw(units, 4 * units, seed=5)
        self.b = _draw(4 * units, seed=7)

    def forward(self, x: Array, h: Array, c: Array) -> Any:
        next_h, next_c, self.cache = lstm_step_forward(x, h, c, self.Wx, self.Wh, self.b)
        return next_h, next_c

    def backward(self, grads: tuple[Array, Array]) -> Any:
        dh, dc = grads
        *back, self.dWx, self.dWh, self.db = _step_back(dh, dc, self.cache, self.lost)
        return tuple(back)


class Nested(Cell):
    def forward(self, x: Array, h: Array, c: Array) -> Any:
        next_h, next_c = super().forward(x, h, c)
        return next_h, (next_h * 2, next_c)

    def backward(self, dy: Array, dstate: Any) -> Any:  # type: ignore[override]
        return super().backward((dy + 2 * dstate[0], dstate[1]))


@pytest.mark.parametrize("kind", [Cell, Nested])
@pytest.mark.parametrize("samples", [2, 3])
def test_a_layer_may_take_its_upstream_gradients_as_tuples(kind: type[Cell], samples: int) -> None:
    given = _draw(samples, INPUTS), _draw(samples, UNITS, seed=2), _draw(samples, UNITS, seed=3)
    assert not _wrong(kind(), given)
    flawed = kind()
    flawed.lost = "c to c"
    assert _wrong(flawed, given) == {"Wx", "Wh", "b", "x", "h", "c"}


def test_what_the_forward_pass_has_computed_is_no_upstream_gradient() -> None:
    def forward(x: Array, w: Array) -> Any:
        out = np.tanh(x @ w)
        dout = 1 - out**2
        return out, dout, x, w

    def backward(upstream: Array, dout: Array, x: Array, w: Array) -> Any:
        delta = upstream * dout
        return delta @ w.T, x.T @ delta

    assert not _wrong((forward, backward), (_draw(SAMPLES, INPUTS), _draw(INPUTS, UNITS)))


def test_layers_by_name_are_checked_for_all_outputs(tmp_path: Path) -> None:
    source = Path(__file__).read_text("utf-8").partition("@pytest.mark")[0]
    flawed = 'class Flawed(Cell):\n    lost = "c to c"\n'
    cell = Path(__file__).read_text("utf-8").partition("class Cell")[2].partition("class Nested")[0]
    (tmp_path / "cells.py").write_text(f"{source}\nclass Cell{cell}\n{flawed}", "utf-8")
    for name, code in (("Cell", 0), ("Flawed", 1)):
        shapes = ["--shape", "x=2x3", "--shape", "h=2x5", "--shape", "c=2x5", "--points", "1"]
        result = CliRunner().invoke(main, ["module", f"{tmp_path / 'cells.py'}:{name}", *shapes])
        assert result.exit_code == code, result.output
