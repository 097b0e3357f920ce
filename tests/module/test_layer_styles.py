"""One dense layer with tanh, hand-written in the styles in which people keep parameters."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from gradcheck import check
from gradcheck.cli import main
from gradcheck.settings import Settings

Array = Any

SAMPLES, INPUTS, OUTPUTS = 3, 5, 7


def _weight() -> Array:
    return np.random.default_rng(1).normal(size=(INPUTS, OUTPUTS))


def _bias() -> Array:
    return np.random.default_rng(2).normal(size=OUTPUTS)


def _x() -> Array:
    return np.random.default_rng(3).normal(size=(SAMPLES, INPUTS))


def _sum(delta: Array) -> Array:
    return np.asarray(delta.sum(axis=0))


class Prefixed:
    """`W` and `dW`; the gradient of the input is returned."""

    bias_gradient: Callable[[Array], Array] = staticmethod(_sum)

    def __init__(self) -> None:
        self.W, self.b = _weight(), _bias()

    def forward(self, x: Array) -> Array:
        self.x, self.a = x, np.tanh(x @ self.W + self.b)
        return self.a

    def backward(self, upstream: Array) -> Array:
        delta = upstream * (1 - self.a**2)
        self.dW, self.db = self.x.T @ delta, self.bias_gradient(delta)
        return delta @ self.W.T


class Spelled:
    """`weights` and `grad_weights`, accumulated; called as a function."""

    bias_gradient: Callable[[Array], Array] = staticmethod(_sum)

    def __init__(self) -> None:
        self.weights, self.biases = _weight(), _bias()
        self.grad_weights, self.grad_biases = np.ones((INPUTS, OUTPUTS)), np.ones(OUTPUTS)

    def zero_grad(self) -> None:
        self.grad_weights[:], self.grad_biases[:] = 0, 0

    def __call__(self, inputs: Array) -> Array:
        self.cache = inputs, np.tanh(inputs @ self.weights + self.biases)
        return self.cache[1]

    def backward(self, grad: Array) -> Array:
        x, a = self.cache
        delta = grad * (1 - a**2)
        self.grad_weights += x.T @ delta
        self.grad_biases += self.bias_gradient(delta)
        return delta @ self.weights.T


class Dicts:
    """`params` and `grads`, by the same keys."""

    bias_gradient: Callable[[Array], Array] = staticmethod(_sum)

    def __init__(self) -> None:
        self.params: dict[str, Array] = {"W": _weight(), "b": _bias()}
        self.grads: dict[str, Array] = {}

    def forward(self, x: Array) -> Array:
        self.memory = x, np.tanh(x @ self.params["W"] + self.params["b"])
        return self.memory[1]

    def backward(self, dout: Array) -> Array:
        x, a = self.memory
        delta = dout * (1 - a**2)
        self.grads = {"W": x.T @ delta, "b": self.bias_gradient(delta)}
        return delta @ self.params["W"].T


class Lists:
    """`params` and `grads`, by position, as in books that write layers from scratch."""

    bias_gradient: Callable[[Array], Array] = staticmethod(_sum)

    def __init__(self) -> None:
        self.params = [_weight(), _bias()]
        self.grads = [np.zeros((INPUTS, OUTPUTS)), np.zeros(OUTPUTS)]

    def forward(self, x: Array) -> Array:
        w, b = self.params
        self.seen = x, np.tanh(x @ w + b)
        return self.seen[1]

    def backward(self, dout: Array) -> Array:
        x, a = self.seen
        delta = dout * (1 - a**2)
        self.grads[0][...] = x.T @ delta
        self.grads[1][...] = self.bias_gradient(delta)
        return delta @ self.params[0].T


class Objects:
    """Parameters that are objects with a `value` and a `grad`."""

    bias_gradient: Callable[[Array], Array] = staticmethod(_sum)

    def __init__(self) -> None:
        self.weight = SimpleNamespace(value=_weight(), grad=None)
        self.bias = SimpleNamespace(value=_bias(), grad=None)

    def forward(self, x: Array) -> Array:
        self.x = x
        self.y = np.tanh(x @ self.weight.value + self.bias.value)
        return self.y

    def backward(self, dy: Array) -> Array:
        delta = dy * (1 - self.y**2)
        self.weight.grad = self.x.T @ delta
        self.bias.grad = self.bias_gradient(delta)
        return delta @ self.weight.value.T


class Returned:
    """All gradients are returned, with a cache that goes from pass to pass."""

    bias_gradient: Callable[[Array], Array] = staticmethod(_sum)

    def __init__(self) -> None:
        self.W, self.b = _weight(), _bias()

    def forward(self, x: Array) -> tuple[Array, Any]:
        a = np.tanh(x @ self.W + self.b)
        return a, (x, a)

    def backward(self, dout: Array, cache: Any) -> tuple[Array, Array, Array]:
        x, a = cache
        delta = dout * (1 - a**2)
        return delta @ self.W.T, x.T @ delta, self.bias_gradient(delta)


class Suffixed:
    """`kernel` and `kernel_grad`, gradients of inputs in an attribute, in single precision."""

    bias_gradient: Callable[[Array], Array] = staticmethod(_sum)

    def __init__(self) -> None:
        self.kernel, self.bias = _weight().astype(np.float32), _bias().astype(np.float32)

    def fprop(self, x: Array) -> Array:
        self.x = x
        self.out = np.tanh(x @ self.kernel + self.bias)
        return self.out

    def bprop(self, d_out: Array) -> None:
        delta = d_out * (1 - self.out**2)
        self.kernel_grad, self.bias_grad = self.x.T @ delta, self.bias_gradient(delta)
        self.dx = delta @ self.kernel.T


class Updating:
    """The backward pass updates by itself, with the learning rate that it is given."""

    bias_gradient: Callable[[Array], Array] = staticmethod(_sum)

    def __init__(self) -> None:
        self.weights, self.bias = _weight(), _bias()

    def forward(self, input_data: Array) -> Array:
        self.input = input_data
        self.output = np.tanh(input_data @ self.weights + self.bias)
        return self.output

    def backward(self, output_error: Array, learning_rate: float) -> Array:
        delta = output_error * (1 - self.output**2)
        input_error = delta @ self.weights.T
        self.weights -= learning_rate * (self.input.T @ delta)
        self.bias -= learning_rate * self.bias_gradient(delta)
        return np.asarray(input_error)


STYLES: dict[type[Any], str] = {
    Prefixed: "b",
    Spelled: "biases",
    Dicts: "params['b']",
    Lists: "params[1]",
    Objects: "bias.value",
    Returned: "b",
    Suffixed: "bias",
    Updating: "bias",
}


@pytest.mark.parametrize("style", STYLES)
def test_a_right_layer_of_any_style_is_right_in_all_its_parameters_and_its_input(
    style: type[Any],
) -> None:
    (report,) = check(style(), inputs=_x()).problems
    assert report.verdict == "right", report
    sizes = sorted(check.entries for check in report.checks)
    assert sizes == sorted([INPUTS * OUTPUTS, OUTPUTS, SAMPLES * INPUTS])


@pytest.mark.parametrize("style", STYLES)
def test_a_bias_that_is_averaged_is_named_in_any_style(style: type[Any]) -> None:
    (report,) = check(_averaged(style)(), inputs=_x()).problems
    assert [c.parameter for c in report.checks if c.verdict == "wrong"] == [STYLES[style]]
    (error,) = [finding for finding in report.findings if finding.level == "error"]
    assert (error.code, error.parameters) == ("BIA02", (STYLES[style],))


def _averaged(style: type[Any]) -> type[Any]:
    return type(f"Averaged{style.__name__}", (style,), {
        "bias_gradient": staticmethod(lambda delta: delta.mean(axis=0))
    })  # fmt: skip


globals().update({f"Averaged{style.__name__}": _averaged(style) for style in STYLES})


@pytest.mark.parametrize("style", [Spelled, Objects, Updating])
def test_styles_are_told_by_name_as_well(style: type[Any]) -> None:
    target = f"{Path(__file__)}:Averaged{style.__name__}"
    arguments = ["module", target, "--shape", "3x5", "--points", "1", "--format", "json"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1, result.output
    (report,) = json.loads(result.output)["problems"]
    errors = [f for f in report["findings"] if f["level"] == "error"]
    assert [(f["code"], f["parameters"]) for f in errors] == [("BIA02", [STYLES[style]])]


class Network:
    """A layer of any style under a squared error, with a plain step by its gradients."""

    def __init__(self, layer: Any) -> None:
        self.layer, self.target = layer, np.random.default_rng(4).normal(size=(SAMPLES, OUTPUTS))

    def arrays(self) -> dict[str, Array]:
        """Return the layer's own arrays."""
        layer = self.layer
        if isinstance(layer, Dicts | Lists):
            held = layer.params
            return dict(held) if isinstance(held, dict) else dict(zip("Wb", held, strict=True))
        if isinstance(layer, Objects):
            return {"W": layer.weight.value, "b": layer.bias.value}
        found = [v for k, v in vars(layer).items() if k[0] in "WwkbB" and "grad" not in k]
        return dict(zip("Wb", found, strict=True))

    def forward(self) -> tuple[Array, Any]:
        run = getattr(self.layer, "forward", getattr(self.layer, "fprop", self.layer))
        found = run(_x())
        return found if isinstance(found, tuple) else (found, None)

    def loss(self) -> float:
        return float(np.sum((self.forward()[0] - self.target) ** 2) / 2)

    def gradients(self) -> dict[str, Array]:
        layer, (output, cache) = self.layer, self.forward()
        upstream = output - self.target
        if isinstance(layer, Updating):
            before = {name: value.copy() for name, value in self.arrays().items()}
            layer.backward(upstream, 1.0)
            found = {name: before[name] - value for name, value in self.arrays().items()}
            for name, value in self.arrays().items():
                value[...] = before[name]
            return found
        if isinstance(layer, Spelled):
            layer.zero_grad()
        back: Any = getattr(layer, "backward", getattr(layer, "bprop", None))
        returned = back(upstream, cache) if cache is not None else back(upstream)
        return dict(zip("Wb", self._kept(returned), strict=True))

    def _kept(self, returned: Any) -> list[Array]:
        layer = self.layer
        if isinstance(layer, Returned):
            return [*returned[1:]]
        if isinstance(layer, Dicts | Lists):
            return [*(layer.grads.values() if isinstance(layer, Dicts) else layer.grads)]
        if isinstance(layer, Objects):
            return [layer.weight.grad, layer.bias.grad]
        names = {Prefixed: ("dW", "db"), Spelled: ("grad_weights", "grad_biases")}
        kind = next((k for k in names if isinstance(layer, k)), None)
        return [getattr(layer, n) for n in (names[kind] if kind else ("kernel_grad", "bias_grad"))]

    def train(self, rate: float) -> None:
        for name, gradient in self.gradients().items():
            self.arrays()[name][...] -= rate * gradient


ONCE = Settings(points=1)

PROTOCOLS: dict[str, Callable[[Network], Any]] = {
    "closure": lambda net: check(
        lambda: (net.gradients(), net.loss()), net.arrays(), settings=ONCE
    ),
    "loss and gradients": lambda net: check(
        net.loss, net.arrays(), lambda: net.gradients(), settings=ONCE
    ),
    "step": lambda net: check(net, step="train", loss="loss", settings=ONCE),
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("style", STYLES)
def test_right_layers_of_any_style_are_right_by_every_protocol(
    style: type[Any], protocol: str
) -> None:
    report = PROTOCOLS[protocol](Network(style()))
    assert report.ok, report
    assert [c.entries for c in report.problems[0].checks] == [INPUTS * OUTPUTS, OUTPUTS]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("style", STYLES)
def test_wrong_layers_of_any_style_are_told_by_every_protocol(
    style: type[Any], protocol: str
) -> None:
    (report,) = PROTOCOLS[protocol](Network(_averaged(style)())).problems
    (wrong,) = [c for c in report.checks if c.verdict == "wrong"]
    assert wrong.entries == OUTPUTS
    (error,) = [finding for finding in report.findings if finding.level == "error"]
    assert error.parameters == (wrong.parameter,)
    assert any("times the true gradient" in fact for fact in error.evidence)


@pytest.mark.parametrize("style", STYLES)
def test_a_layer_is_left_as_it_was(style: type[Any]) -> None:
    layer = style()
    before = _state(layer)
    assert check(layer, inputs=_x()).ok
    assert _state(layer) == before


def _state(layer: object) -> str:
    return repr(sorted((name, repr(value)) for name, value in vars(layer).items()))


class Tied:
    """One matrix, used forwards and transposed, each use with a gradient of its own."""

    def __init__(self) -> None:
        weight = _weight()
        self.inner, self.outer = SimpleNamespace(w=weight), SimpleNamespace(w=weight)

    def forward(self, x: Array) -> Array:
        self.x, self.h = x, np.tanh(x @ self.inner.w)
        return self.h @ self.outer.w.T

    def backward(self, dy: Array) -> Array:
        self.outer.dw = dy.T @ self.h
        delta = (dy @ self.outer.w) * (1 - self.h**2)
        self.inner.dw = self.x.T @ delta
        return delta @ self.inner.w.T


class Listed(Prefixed):
    """Attributes, and lists of the same arrays beside them."""

    rate = 0.1

    def __init__(self) -> None:
        super().__init__()
        self.lr, self.steps = 0.1, np.zeros(2)
        self.params, self.grads = [self.W, self.b], [0 * self.W, 0 * self.b]

    def backward(self, upstream: Array) -> Array:
        found = super().backward(upstream)
        self.grads[0][...], self.grads[1][...] = self.dW, self.db
        self.steps += 1
        return found


class TwoOutputs:
    """The second output has an upstream gradient of its own."""

    def forward(self, x: Array) -> Any:
        self.x = x
        return np.tanh(x), x**2

    def backward(self, dfirst: Array, dsecond: Array) -> Array:
        return dfirst * (1 - np.tanh(self.x) ** 2) + dsecond * 2 * self.x


class InputFirst:
    """The backward pass takes its input again, before the gradient, under another name."""

    def forward(self, inputs: Array) -> Array:
        return np.tanh(inputs)

    def backward(self, x: Array, grad_output: Array) -> Array:
        return grad_output * (1 - np.tanh(x) ** 2)


@pytest.mark.parametrize("layer", [Tied, Listed, TwoOutputs, InputFirst])
def test_right_layers_with_habits_of_their_own_are_not_accused(layer: Any) -> None:
    report = check(layer(), inputs=_x())
    assert report.ok, report


def test_an_array_is_one_parameter_however_many_names_it_has() -> None:
    for layer, count in ((Tied, 2), (Listed, 3)):
        (report,) = check(layer(), inputs=_x()).problems
        assert len(report.checks) == count
        assert not report.remarks


def test_a_shared_array_with_half_its_gradient_is_wrong() -> None:
    class Half(Tied):
        def backward(self, dy: Array) -> Array:
            found = super().backward(dy)
            self.inner.dw = np.zeros_like(self.inner.w)
            return found

    assert not check(Half(), inputs=_x()).ok


def test_a_backward_pass_that_takes_the_target_is_not_fed_with_noise() -> None:
    class Output:
        def forward(self, x: Array) -> Array:
            self.p = 1 / (1 + np.exp(-x))
            return self.p

        def backward(self, y: Array) -> Array:
            return self.p - y

    (report,) = check(Output(), inputs=_x()).problems
    assert report.verdict == "error"
    assert "the target" in str(report.message)
