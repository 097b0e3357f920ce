"""Backward passes that people write for PyTorch, right and wrong."""

from typing import Any

import numpy as np
import pytest

from gradcheck import assert_gradients, check

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
