"""Gradients of the wrong shape, and layers that lack a bias."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gradcheck.report import Finding
from gradcheck.session import Request, Target, run

CONFIG = """
network:
  inputs: {{x: [3]}}
  layers:
    - hidden: {{dense: {{units: 5, bias: {bias}}}}}
    {norm}
    - hidden_out: tanh
    - output: {{dense: {{units: 2}}}}
loss: {{squared_error: {{factor: 0.5}}}}
data: {{batch: 7, x: {{normal: [0, 1]}}, y: {{normal: [0, 1]}}}}
"""
RIGHT = {
    "output.weight": "hidden_out.T @ delta",
    "output.bias": "delta.sum(axis=0)",
    "hidden.weight": "x.T @ d_hidden",
    "hidden.bias": "d_hidden.sum(axis=0)",
}


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., dict[str, Finding]]:
    """Return what checks a small network with other formulas; the findings by parameter."""

    def checked(**formulas: str) -> dict[str, Finding]:
        lines = [
            "delta = (yhat - y) / m",
            "d_hidden = delta @ output.weight.T * tanh_prime(hidden)",
            *(f"grad.{name} = {formulas.get(name.replace('.', '_'), formula)}"
              for name, formula in RIGHT.items()),
        ]  # fmt: skip
        path = tmp_path / "net.yaml"
        text = CONFIG.format(bias="true", norm="").replace("\n    \n", "\n")
        text += "gradients:\n  backward: |\n" + "".join(f"    {line}\n" for line in lines)
        path.write_text(text, "utf-8")
        (problem,) = run(Request(targets=[Target(path=path, name="net")])).problems
        assert problem.verdict == "wrong", problem
        return {finding.parameters[0]: finding for finding in problem.findings}

    return checked


@pytest.mark.parametrize(
    ("parameter", "formula", "words", "line"),
    [
        ("output.weight", "delta.T @ hidden_out", "it is the right gradient, transposed",
         "hidden_out.T @ delta"),
        ("output.bias", "delta", "summed over the samples it is right", "sum(delta, axis=0)"),
        ("hidden.bias", "d_hidden.sum(axis=1)", "it is the delta, summed over axis 1 instead",
         "d_hidden.sum(axis=0)"),
        ("hidden.bias", "delta.sum(axis=0)", "it is the gradient of output.bias",
         "d_hidden.sum(axis=0)"),
        ("hidden.weight", "(x.T @ d_hidden).reshape(15)", "its numbers are right", None),
    ],
)  # fmt: skip
def test_a_gradient_of_another_shape_is_recognised_and_repaired(
    parameter: str,
    formula: str,
    words: str,
    line: str | None,
    found: Callable[..., dict[str, Finding]],
) -> None:
    finding = found(**{parameter.replace(".", "_"): formula})[parameter]
    assert words in finding.evidence[0]
    if line is not None:
        assert finding.fix is not None
        assert [edit.new for edit in finding.fix.edits] == [f"    grad.{parameter} = {line}"]


@pytest.mark.parametrize(
    ("bias", "norm", "noted"),
    [("true", "", False), ("false", "", True), ("false", "- norm: batch_norm", False)],
)
def test_a_layer_without_bias_beside_one_with_is_noted_and_no_more(
    bias: str, norm: str, noted: bool, tmp_path: Path
) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(CONFIG.format(bias=bias, norm=norm).replace("\n    \n", "\n"), "utf-8")
    (problem,) = run(Request(targets=[Target(path=path, name="net")])).problems
    assert problem.verdict == "right"
    notes = [(finding.code, finding.level) for finding in problem.findings]
    assert notes == ([("TRN08", "note")] if noted else [])
