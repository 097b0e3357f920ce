"""Derivative rules that people write for JAX, right and wrong."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from gradcheck import check
from gradcheck.cli import main

jax: Any = pytest.importorskip("jax", reason="pip install 'gradcheck[jax]' has it tested")

SAMPLES, INPUTS, OUTPUTS = 3, 5, 7


def _draw(*shape: int) -> Any:
    return np.random.default_rng(len(shape)).normal(size=shape)


def _rule(of_bias: Any) -> Any:
    def dense(x: Any, p: Any) -> Any:
        return x @ p["w"] + p["b"]

    rule = jax.custom_vjp(dense)

    def forward(x: Any, p: Any) -> Any:
        return rule(x, p), (x, p)

    def backward(kept: Any, dy: Any) -> Any:
        x, p = kept
        return dy @ p["w"].T, {"w": x.T @ dy, "b": of_bias(dy)}

    rule.defvjp(forward, backward)
    return rule


def _given() -> Any:
    return _draw(SAMPLES, INPUTS), {"w": _draw(INPUTS, OUTPUTS), "b": _draw(OUTPUTS)}


def test_a_right_rule_is_right_in_every_leaf_of_its_arguments() -> None:
    (report,) = check(_rule(lambda dy: dy.sum(axis=0)), inputs=_given()).problems
    assert report.verdict == "right", report
    assert {c.parameter for c in report.checks} == {"x", "p['w']", "p['b']"}


def test_a_wrong_rule_is_recognised_and_its_fault_named() -> None:
    report = check(_rule(lambda dy: dy.mean(axis=0)), inputs=_given())
    (error,) = [f for f in report.problems[0].findings if f.level == "error"]
    assert (error.code, error.parameters) == ("BIA02", ("p['b']",)), report


def test_the_sessions_precision_stays_what_it_was() -> None:
    check(_rule(lambda dy: dy.sum(axis=0)), inputs=_given())
    assert jax.numpy.ones(1).dtype == jax.numpy.float32


SOURCE = """
import jax, jax.numpy as jnp

def rule(factor):
    scaled = jax.custom_vjp(lambda x, w: x * w)
    def backward(kept, dy):
        x, w = kept
        return dy * w, factor * (dy * x).sum(axis=0)
    scaled.defvjp(lambda x, w: (x * w, (x, w)), backward)
    return scaled

right, wrong = rule(1.0), rule(0.5)
"""


@pytest.mark.parametrize(("name", "code"), [("right", 0), ("wrong", 1)])
def test_rules_by_name(tmp_path: Path, name: str, code: int) -> None:
    (tmp_path / "own.py").write_text(SOURCE, "utf-8")
    target, shapes = f"{tmp_path / 'own.py'}:{name}", ["--shape", "3x5", "--shape", "5"]
    result = CliRunner().invoke(main, ["module", target, *shapes, "-q", "--points", "1"])
    assert result.exit_code == code, result.output
