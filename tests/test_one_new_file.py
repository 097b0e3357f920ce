"""Adding an entry is one new file: it is found, listed, explained, in the schema and in use."""

import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

import gradcheck.faults.activation
import gradcheck.ops.activations
import gradcheck.reporters
from gradcheck.cli import main
from gradcheck.session import schema

ACTIVATION = '''
"""Arcus tangent, a bounded activation.

## Forward
$\\\\arctan z$.

## Backward
$1 / (1 + z^2)$, at the pre-activation.

## Sources
Made for a test.
"""

import numpy as np

from gradcheck.op import Worked, elementwise

OP = elementwise(
    name="arcus",
    doc=__doc__,
    function=np.arctan,
    slope=lambda z: SLOPE,
    worked=(Worked(inputs=([1.0],), output=[np.pi / 4], source="tan of 45 degrees"),),
)
'''

CONFIG = """
network:
  inputs: {x: [3]}
  layers:
    - hidden: {dense: {units: 5}}
    - bent: arcus
    - output: {dense: {units: 2}}
loss: squared_error
data: {batch: 7, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
"""

FAULT = '''
"""A fault for a test."""

from gradcheck.fault import Fault

FAULT = Fault(
    code="ACT99",
    slug="slope-doubled",
    title="the slope is doubled",
    family="activation derivative",
    doc=__doc__,
    inject=lambda site: (
        site.with_inputs(2 * site.gradients.inputs[0]) if site.op.kind == "activation" else None
    ),
)
'''

REPORTER = '''
"""The number of problems, and nothing else."""

from gradcheck.reporter import Reporter

REPORTER = Reporter(
    name="tally", suffix=".txt", doc=__doc__, render=lambda report, style: f"{len(report.problems)}"
)
'''


@pytest.fixture
def arcus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "more_activations"
    folder.mkdir()
    (folder / "arcus.py").write_text(ACTIVATION.replace("SLOPE", "1 / (1 + z**2)"), "utf-8")
    monkeypatch.setattr(
        gradcheck.ops.activations, "__path__", [*gradcheck.ops.activations.__path__, str(folder)]
    )
    monkeypatch.delitem(sys.modules, "gradcheck.ops.activations.arcus", raising=False)


def check(tmp_path: Path, text: str, *options: str) -> tuple[int, str]:
    path = tmp_path / "net.yaml"
    path.write_text(text, "utf-8")
    result = CliRunner().invoke(main, ["check", str(path), *options])
    return result.exit_code, result.output


@pytest.mark.usefixtures("arcus")
def test_a_new_activation_is_in_use_everywhere(tmp_path: Path) -> None:
    code, output = check(tmp_path, CONFIG)
    assert code == 0, output
    for command in (["list", "ops"], ["explain", "arcus"]):
        assert "Arcus tangent" in CliRunner().invoke(main, command).output
    jsonschema.validate(yaml.safe_load(CONFIG), schema())


@pytest.mark.usefixtures("arcus")
def test_formulas_know_a_new_activation_and_its_derivative(tmp_path: Path) -> None:
    formulas = """
gradients:
  only: [output.weight, hidden.bias]
  backward: |
    delta = 2 * (yhat - y) / m
    grad.output.weight = arcus(hidden).T @ delta
    grad.hidden.bias = (delta @ output.weight.T * arcus_prime(hidden)).sum(axis=0)
"""
    code, output = check(tmp_path, CONFIG + formulas)
    assert code == 0, output


@pytest.mark.usefixtures("arcus")
def test_a_new_activation_with_a_wrong_derivative_is_caught(tmp_path: Path) -> None:
    wrong = tmp_path / "more_activations" / "arcus.py"
    wrong.write_text(wrong.read_text("utf-8").replace("1 / (1 + z**2)", "1 / (1 + z)"), "utf-8")
    code, output = check(tmp_path, CONFIG)
    assert code == 1, output
    assert "hidden.weight" in output


def test_a_new_fault_can_be_planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "act99_slope_doubled.py").write_text(FAULT, "utf-8")
    package = gradcheck.faults.activation
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    text = CONFIG.replace("arcus", "tanh") + "gradients: {faults: [ACT99]}\n"
    code, output = check(tmp_path, text)
    assert code == 1, output
    assert "2" in output
    assert "the slope is doubled" in CliRunner().invoke(main, ["explain", "ACT99"]).output + output


def test_a_new_reporter_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tally.py").write_text(REPORTER, "utf-8")
    package = gradcheck.reporters
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    code, output = check(tmp_path, CONFIG.replace("arcus", "tanh"), "--format", "tally")
    assert (code, output) == (0, "1")
