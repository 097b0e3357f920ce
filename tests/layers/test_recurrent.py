"""The recurrent layers against plain loops over single numbers, and relations between them."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.errors import ShapeError
from gradcheck.op import Gradients, Inferred

N, T, D, UNITS = 2, 5, 3, 7
LAYERS = ["rnn", "lstm", "gru"]
STATES = {"rnn": ["h0"], "lstm": ["h0", "c0"], "gru": ["h0"]}

Forward = Callable[..., Array]
Backward = Callable[..., Gradients]
Draw = Callable[..., dict[str, Array]]


def sigma(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def weighted(x: Sequence[float], weight: Array, bias: Array, column: int) -> float:
    return math.fsum([*(x[k] * weight[k, column] for k in range(len(x))), bias[column]])


def rnn_step(
    x: Sequence[float], h: Sequence[float], c: Sequence[float], p: Mapping[str, Array]
) -> Iterator[tuple[float, float]]:
    for k in range(UNITS):
        entering = weighted(x, p["weight_input"], p["bias"], k)
        yield math.tanh(entering + weighted(h, p["weight_hidden"], 0 * p["bias"], k)), 0.0


def lstm_step(
    x: Sequence[float], h: Sequence[float], c: Sequence[float], p: Mapping[str, Array]
) -> Iterator[tuple[float, float]]:
    for k in range(UNITS):
        i, f, g, o = (
            weighted(x, p["weight_input"], p["bias"], gate * UNITS + k)
            + weighted(h, p["weight_hidden"], 0 * p["bias"], gate * UNITS + k)
            for gate in range(4)
        )
        cell = sigma(f) * c[k] + sigma(i) * math.tanh(g)
        yield sigma(o) * math.tanh(cell), cell


def gru_step(
    x: Sequence[float], h: Sequence[float], c: Sequence[float], p: Mapping[str, Array]
) -> Iterator[tuple[float, float]]:
    for k in range(UNITS):
        u = [weighted(x, p["weight_input"], p["bias"], gate * UNITS + k) for gate in range(3)]
        v = [
            weighted(h, p["weight_hidden"], p["bias_hidden"], gate * UNITS + k) for gate in range(3)
        ]
        r, z = sigma(u[0] + v[0]), sigma(u[1] + v[1])
        yield (1 - z) * math.tanh(u[2] + r * v[2]) + z * h[k], 0.0


STEPS = {"rnn": rnn_step, "lstm": lstm_step, "gru": gru_step}


def by_loops(layer: str, x: Array, p: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return the hidden states and the cells of all steps."""
    hidden, cells = np.empty((2, N, T, UNITS))
    for n in range(N):
        h, c = p["h0"].tolist(), p.get("c0", np.zeros(UNITS)).tolist()
        for t in range(T):
            h, c = map(list, zip(*STEPS[layer](x[n, t].tolist(), h, c, p), strict=True))
            hidden[n, t], cells[n, t] = h, c
    return hidden, cells


@pytest.fixture
def x(rng: np.random.Generator) -> Array:
    return rng.normal(size=(N, T, D))


@pytest.mark.parametrize("layer", LAYERS)
def test_every_step_is_that_of_a_loop_over_single_numbers(
    layer: str, x: Array, draw: Draw, forward: Forward
) -> None:
    p = draw(layer, x, units=UNITS, initial="learned")
    hidden, cells = by_loops(layer, x, p)
    found = forward(layer, x, parameters=p, units=UNITS, initial="learned")
    np.testing.assert_allclose(found, hidden, rtol=1e-12, atol=1e-14)
    if layer == "lstm":
        options = {"units": UNITS, "initial": "learned", "output": "states"}
        found = forward(layer, x, parameters=p, **options)
        expected = np.concatenate([hidden[:, -1], cells[:, -1]], axis=1)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("layer", LAYERS)
def test_the_last_state_is_the_last_of_all_steps(
    layer: str, x: Array, rng: np.random.Generator, draw: Draw, forward: Forward, backward: Backward
) -> None:
    p = draw(layer, x, units=UNITS)
    steps = forward(layer, x, parameters=p, units=UNITS)
    last = forward(layer, x, parameters=p, units=UNITS, output="last")
    np.testing.assert_array_equal(last, steps[:, -1])
    dy = rng.normal(size=last.shape)
    above = np.concatenate([np.zeros((N, T - 1, UNITS)), dy[:, None]], axis=1)
    short = backward(layer, dy, x, parameters=p, units=UNITS, output="last")
    long = backward(layer, above, x, parameters=p, units=UNITS)
    np.testing.assert_array_equal(short.inputs[0], long.inputs[0])
    np.testing.assert_array_equal(
        short.parameters["weight_hidden"], long.parameters["weight_hidden"]
    )


@pytest.mark.parametrize("layer", LAYERS)
def test_without_bias_and_initial_state_is_with_both_zero(
    layer: str, x: Array, draw: Draw, forward: Forward
) -> None:
    p = draw(layer, x, units=UNITS, initial="learned")
    zeros = {name: value if value.ndim == 2 else 0 * value for name, value in p.items()}
    weights = {name: value for name, value in p.items() if value.ndim == 2}
    np.testing.assert_array_equal(
        forward(layer, x, parameters=weights, units=UNITS, bias=False),
        forward(layer, x, parameters=zeros, units=UNITS, initial="learned"),
    )


@pytest.mark.parametrize("layer", LAYERS)
def test_a_sequence_may_be_run_in_two_halves(
    layer: str, x: Array, draw: Draw, forward: Forward
) -> None:
    p = draw(layer, x, units=UNITS)
    options = {"parameters": p, "units": UNITS}
    whole = forward(layer, x[:1], **options)
    state = forward(layer, x[:1, :2], **options, output="states" if layer == "lstm" else "last")[0]
    initial = dict(zip(STATES[layer], np.split(state, len(STATES[layer])), strict=True))
    later = forward(layer, x[:1, 2:], parameters={**p, **initial}, units=UNITS, initial="learned")
    np.testing.assert_allclose(later, whole[:, 2:], rtol=1e-13)


@pytest.mark.parametrize("layer", LAYERS)
def test_the_past_does_not_depend_on_the_future(
    layer: str, x: Array, rng: np.random.Generator, draw: Draw, forward: Forward, backward: Backward
) -> None:
    p = draw(layer, x, units=UNITS)
    changed = np.concatenate([x[:, :3], rng.normal(size=(N, T - 3, D))], axis=1)
    before = forward(layer, x, parameters=p, units=UNITS)
    after = forward(layer, changed, parameters=p, units=UNITS)
    np.testing.assert_array_equal(after[:, :3], before[:, :3])
    assert np.all(after[:, 3:] != before[:, 3:])
    dy = np.concatenate([rng.normal(size=(N, 3, UNITS)), np.zeros((N, T - 3, UNITS))], axis=1)
    (dx,) = backward(layer, dy, x, parameters=p, units=UNITS).inputs
    assert dx is not None
    assert np.all(dx[:, 3:] == 0)
    assert np.all(dx[:, :3] != 0)


def test_a_relu_network_is_differentiated_through_time(
    x: Array,
    rng: np.random.Generator,
    draw: Draw,
    forward: Forward,
    backward: Backward,
    complex_step: Callable[..., Array],
) -> None:
    options = {"units": UNITS, "activation": "relu", "initial": "learned"}
    p = draw("rnn", x, **options)
    dy = rng.normal(size=(N, T, UNITS))
    claimed = backward("rnn", dy, x, parameters=p, **options)
    found = forward("rnn", x, parameters=p, **options)
    assert 0.1 < np.mean(found == 0) < 0.9
    of_x = complex_step(lambda z: forward("rnn", z, parameters=p, **options), x, dy)
    (dx,) = claimed.inputs
    assert dx is not None
    np.testing.assert_allclose(dx, of_x, rtol=1e-12, atol=1e-13)
    for name, value in p.items():

        def output(moved: Array, name: str = name) -> Array:
            return forward("rnn", x, parameters={**p, name: moved}, **options)

        numeric = complex_step(output, value, dy)
        assert np.max(np.abs(numeric)) > 0.1
        np.testing.assert_allclose(claimed.parameters[name], numeric, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("layer", LAYERS)
def test_saturated_units_keep_the_digits_of_their_gradients(
    layer: str,
    x: Array,
    rng: np.random.Generator,
    draw: Draw,
    forward: Forward,
    backward: Backward,
    complex_step: Callable[..., Array],
) -> None:
    p = draw(layer, x, units=UNITS)
    p["bias"] = 25 * rng.choice([-1, 1], size=p["bias"].shape) + p["bias"]
    dy = rng.normal(size=(N, UNITS))
    options = {"parameters": p, "units": UNITS, "output": "last"}
    numeric = complex_step(lambda z: forward(layer, z, **options), x, dy)
    (claimed,) = backward(layer, dy, x, **options).inputs
    assert claimed is not None
    assert 0 < np.max(np.abs(numeric[:, -1])) < 1e-6
    np.testing.assert_allclose(claimed, numeric, rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("shape", [(3, 5), (3, 0, 5), (2, 3, 5, 7)])
def test_what_is_no_sequence_is_refused(
    layer: str, shape: tuple[int, ...], infer: Callable[..., Inferred]
) -> None:
    with pytest.raises(
        ShapeError, match=r"shape \(n, t, d\), t > 0 steps .* but gets \("
    ) as caught:
        infer(layer, shape, units=UNITS)
    assert str(caught.value).endswith(str(shape))


@pytest.mark.parametrize(("layer", "gates"), [("rnn", 1), ("lstm", 4), ("gru", 3)])
def test_parameters_are_as_the_docs_say(
    layer: str, gates: int, infer: Callable[..., Inferred]
) -> None:
    found = infer(layer, (N, T, D), units=UNITS, initial="learned").parameters
    shapes = {name: spec.shape for name, spec in found.items()}
    assert shapes.pop("weight_input") == (D, gates * UNITS)
    assert shapes.pop("weight_hidden") == (UNITS, gates * UNITS)
    biases = {"bias", "bias_hidden"} if layer == "gru" else {"bias"}
    assert {shapes.pop(name) for name in biases} == {(gates * UNITS,)}
    assert shapes == dict.fromkeys(STATES[layer], (UNITS,))
