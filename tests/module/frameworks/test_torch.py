"""Backward passes that people write for PyTorch, right and wrong."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from gradcheck import assert_gradients, check
from gradcheck.cli import main

torch: Any = pytest.importorskip("torch", reason="pip install 'gradcheck[torch]' has it tested")

SAMPLES, INPUTS, OUTPUTS = 3, 5, 7


def _draw(*shape: int) -> Any:
    return np.random.default_rng(len(shape)).normal(size=shape)


def _layer(slope: Any) -> Any:
    """Make a dense layer with tanh whose backward pass uses this slope."""

    class Dense(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any, w: Any, b: Any) -> Any:
            y = torch.tanh(x @ w.T + b)
            ctx.save_for_backward(x, w, y)
            return y

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            x, w, y = ctx.saved_tensors
            delta = dy * slope(y)
            return delta @ w, delta.T @ x, delta.sum(dim=0)

    return Dense


def _given() -> Any:
    return _draw(SAMPLES, INPUTS), _draw(OUTPUTS, INPUTS), _draw(OUTPUTS)


def test_a_right_function_is_right_in_all_its_arguments() -> None:
    (report,) = check(_layer(lambda y: 1 - y**2), inputs=_given()).problems
    assert report.verdict == "right", report
    assert [c.parameter for c in report.checks] == ["x", "w", "b"]


def test_a_wrong_function_is_recognised_and_its_fault_named() -> None:
    report = check(_layer(lambda y: 1 - torch.tanh(y) ** 2), inputs=_given())
    (error,) = [f for f in report.problems[0].findings if f.level == "error"]
    assert error.code.startswith("ACT"), report
    assert set(error.parameters) == {"x", "w", "b"}


def test_a_module_is_checked_in_its_parameters_and_stays_as_it_was() -> None:
    function = _layer(lambda y: 1 - y**2)

    class Net(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.first = torch.nn.Linear(INPUTS, OUTPUTS)
            self.w = torch.nn.Parameter(torch.ones(2, OUTPUTS) / OUTPUTS)
            self.b = torch.nn.Parameter(torch.zeros(2))
            self.drop = torch.nn.Dropout(0.5)
            self.unused = torch.nn.Parameter(torch.ones(2))

        def forward(self, x: Any) -> Any:
            return function.apply(self.drop(self.first(x)), self.w, self.b)

    net = Net()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    assert_gradients(net, inputs=torch.ones(SAMPLES, INPUTS))
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    assert net.w.dtype == torch.float32


def test_a_gradient_of_the_wrong_shape_is_told_in_torchs_own_words() -> None:
    class Stretched(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            return dy.T * 2

    (report,) = check(Stretched, inputs=_draw(SAMPLES, INPUTS)).problems
    assert report.verdict == "error"
    assert "invalid gradient" in str(report.message)


SOURCE = """
import torch

class Scale(torch.autograd.Function):
    slip = 1.0

    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x * w

    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        return dy * w, (dy * x).sum(dim=0)

class Halved(Scale):
    @staticmethod
    def backward(ctx, dy):
        dx, dw = Scale.backward(ctx, dy)
        return dx, dw / 2

class Layer(torch.nn.Module):
    function = Scale

    def __init__(self, width):
        super().__init__()
        self.w = torch.nn.Parameter(torch.randn(width))

    def forward(self, x):
        return self.function.apply(x, self.w)

class Flawed(Layer):
    function = Halved
"""


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("Scale --shape x=3x5 --shape w=5", 0, "2 right"),
        ("Scale --shape w=5 --shape x=3x5", 0, "2 right"),
        ("Halved --shape 3x5 --shape 5", 1, "1 wrong, 1 right"),
        ("Layer", 0, "Layer (1x5)"),
        ("Flawed --set width=7 --shape 3x7", 1, "1 wrong, 1 right"),
        ("Scale", 2, "can't be guessed"),
    ],
)
def test_targets_of_pytorch_by_name(tmp_path: Path, arguments: str, code: int, said: str) -> None:
    (tmp_path / "own.py").write_text(SOURCE, "utf-8")
    name, *rest = arguments.split()
    result = CliRunner().invoke(
        main, ["module", f"{tmp_path / 'own.py'}:{name}", *rest, "-q", "--points", "1"]
    )
    assert result.exit_code == code, result.output
    assert said in " ".join(result.output.split())


def test_calls_without_inputs_are_told_what_to_write() -> None:
    function = _layer(lambda y: 1 - y**2)
    assert "check(Dense, inputs=(x, w, b))" in str(check(function).problems[0].message)
    applied = check(function.apply, inputs=_given()).problems[0].message
    assert "check(Dense, inputs=...)" in str(applied)
