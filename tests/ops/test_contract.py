"""What every op does: its backward agrees with the numbers, it is pure, samples stay apart."""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.catalogues import OPS
from gradcheck.numeric import complex_step, differences
from gradcheck.numeric.estimate import EPS, Lines, Values
from gradcheck.op import Gradients, Inputs, Op, Options, Parameters

Name: TypeAlias = int | str

EXACT = 1e-12
"""Agreement asked of the complex step, as a fraction of the tensor's largest gradient."""

WITHOUT_EFFECT = {("multi_head_attention", "key_bias")}
"""Parameters that change no output; a test of their op's own says why."""


def tensors(inputs: Inputs, parameters: Parameters) -> dict[Name, Array]:
    """Name every tensor that an op depends on: inputs by position, parameters by name."""
    named: list[tuple[Name, Array]] = [*enumerate(inputs), *parameters.items()]
    return dict(named)


def constant(x: Array) -> bool:
    """Tell whether an input is ids, a mask or class numbers: no random real number is whole."""
    return bool((x == np.round(x)).all())


def claims(gradients: Gradients) -> dict[Name, Array]:
    """Name the gradients alike, leaving out those of constants."""
    given = ((k, g) for k, g in enumerate(gradients.inputs) if g is not None)
    named: list[tuple[Name, Array]] = [*given, *gradients.parameters.items()]
    return dict(named)


def lines(output: Callable[[Array], Array], at: Array, dy: Array) -> Lines:
    """Move along every entry of a tensor and weigh the output by the upstream gradient."""

    def evaluate(steps: Array) -> Values:
        moved = [_moved(at, k, step) for step in steps for k in range(at.size)]
        terms = np.array([(dy * output(x)).ravel() for x in moved])
        size = np.abs(terms.real).sum(axis=1) + 1j * np.abs(terms.imag).sum(axis=1)
        shape = (len(steps), at.size)
        return Values(value=terms.sum(axis=1).reshape(shape), magnitude=size.reshape(shape))

    return evaluate


def _moved(at: Array, k: int, step: Any) -> Array:
    moved = at.astype(np.result_type(at, step))
    moved.flat[k] += step
    return moved


def output_along(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options, name: Name
) -> Callable[[Array], Array]:
    """Return the op's output as a function of one of its tensors."""

    def output(x: Array) -> Array:
        if isinstance(name, str):
            return op.forward(inputs, {**parameters, name: x}, options)[0]
        return op.forward([*inputs[:name], x, *inputs[name + 1 :]], parameters, options)[0]

    return output


def disagreements(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options, dy: Array
) -> Iterator[str]:
    """Tell each way in which the backward pass and the numbers differ."""
    claimed = claims(op.backward(dy, op.forward(inputs, parameters, options)[1]))
    for name, at in tensors(inputs, parameters).items():
        if name not in claimed:
            if not constant(at) and (op.kind != "loss" or name != 1):
                yield f"{name}: no gradient"
        elif claimed[name].shape != at.shape:
            yield f"{name}: gradient of shape {claimed[name].shape} instead of {at.shape}"
        elif (op.key, name) in WITHOUT_EFFECT:
            if np.max(np.abs(claimed[name])) > EXACT:
                yield f"{name}: a gradient where there is none"
        else:
            path = lines(output_along(op, inputs, parameters, options, name), at, dy)
            yield from _against_numbers(f"{name}", claimed[name].ravel(), path, op.complex_safe)


def _against_numbers(name: str, claimed: Array, path: Lines, complex_safe: bool) -> Iterator[str]:
    noise = EPS * path(np.zeros(1)).magnitude[0].real
    found = differences.estimate(path, np.ones(claimed.size), noise, differences.SHORT)
    scale = float(np.max(np.abs(found.value)))
    if scale < 1e-2:
        yield f"{name}: the gradient is nearly zero, which proves nothing"
    if np.max(found.bar) > 1e-4 * scale:
        yield f"{name}: differences are too vague to judge, {np.max(found.bar):.1e}"
    off = np.abs(claimed - found.value)
    if (off > found.bar).any():
        yield f"{name}: {np.max(off):.1e} away from differences"
    if complex_safe:
        exact = complex_step.estimate(path, both_sides=False)
        off = np.abs(claimed - exact.value)
        if np.max(off) > EXACT * scale:
            yield f"{name}: {np.max(off):.1e} away from the complex step"


def test_backward_agrees_with_the_numbers(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options, dy: Array
) -> None:
    assert list(disagreements(op, inputs, parameters, options, dy)) == []


def test_every_op_is_tried(entry: Op, count_cases: Callable[[Op], int]) -> None:
    assert count_cases(entry) > 0


def test_backward_is_linear_in_the_upstream_gradient(
    op: Op,
    inputs: Inputs,
    parameters: Parameters,
    options: Options,
    dy: Array,
    rng: np.random.Generator,
) -> None:
    other = rng.normal(size=dy.shape)
    _, cache = op.forward(inputs, parameters, options)
    first, second = claims(op.backward(dy, cache)), claims(op.backward(other, cache))
    scale = max(np.max(np.abs(gradient)) for gradient in first.values())
    for name, combined in claims(op.backward(2.5 * dy - 0.7 * other, cache)).items():
        np.testing.assert_allclose(
            combined, 2.5 * first[name] - 0.7 * second[name], rtol=0, atol=1e-13 * scale
        )


def test_nothing_that_is_handed_over_is_changed(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options, dy: Array
) -> None:
    given = (list(inputs), dict(parameters), dict(options), dy)
    before = copy.deepcopy(given)
    output, cache = op.forward(inputs, parameters, options)
    np.testing.assert_equal(given, before)
    kept = copy.deepcopy((output, cache))
    once = claims(op.backward(dy, cache))
    np.testing.assert_equal(given, before)
    np.testing.assert_equal((output, cache), kept)
    np.testing.assert_equal(claims(op.backward(dy, cache)), once)


def test_gradients_end_in_those_of_the_parameters(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options, dy: Array
) -> None:
    if op.ending is None:
        return
    _, cache = op.forward(inputs, parameters, options)
    whole, ended = op.backward(dy, cache).parameters, op.ending(dy, cache)
    assert ended.keys() == whole.keys() == parameters.keys()
    np.testing.assert_equal(dict(ended), dict(whole))


def test_shapes_are_as_inferred(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options
) -> None:
    inferred = op.infer([x.shape for x in inputs], options)
    output, _ = op.forward(inputs, parameters, options)
    assert output.shape == inferred.output
    assert output.dtype == np.float64
    assert set(parameters) == set(inferred.parameters)
    for spec in inferred.parameters.values():
        assert spec.fan_in > 0
        assert spec.fan_out > 0


@pytest.mark.ops("complex_safe")
def test_a_complex_input_gives_a_complex_output_with_the_same_real_part(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options
) -> None:
    real, _ = op.forward(inputs, parameters, options)
    first, *others = inputs
    if constant(first):
        parameters = {name: p + 2.0**-100 * 1j for name, p in parameters.items()}
    else:
        first = first + 2.0**-100 * 1j
    output, _ = op.forward([first, *others], parameters, options)
    assert output.dtype == np.complex128
    np.testing.assert_allclose(output.real, real, rtol=1e-13, atol=1e-15)


@pytest.mark.ops("samplewise")
def test_samples_do_not_see_one_another(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options, rng: np.random.Generator
) -> None:
    batch, _ = op.forward(inputs, parameters, options)
    samples = range(len(inputs[0]))
    singles = [op.forward([x[i : i + 1] for x in inputs], parameters, options)[0] for i in samples]
    np.testing.assert_allclose(np.concatenate(singles), batch, rtol=1e-13, atol=1e-15)
    order = np.roll(samples, 1)
    shuffled, _ = op.forward([x[order] for x in inputs], parameters, options)
    np.testing.assert_allclose(shuffled, batch[order], rtol=1e-13, atol=1e-15)


PLANTED: Mapping[str, Callable[[Array, Array], Array]] = {
    "sign": lambda g, dy: -g,
    "factor": lambda g, dy: 1.001 * g,
    "offset": lambda g, dy: g + 1e-5,
    "transposed": lambda g, dy: g.T,
    "zero": lambda g, dy: 0 * g,
    "upstream ignored": lambda g, dy: g / dy,
    "one entry": lambda g, dy: np.where(np.arange(g.size).reshape(g.shape) == 4, 0, g),
}


@pytest.mark.parametrize("mistake", PLANTED)
def test_a_wrong_backward_is_caught(mistake: str) -> None:
    rng, tanh = np.random.default_rng(7), OPS.all()["tanh"]

    def backward(dy: Array, cache: Any) -> Gradients:
        right = tanh.backward(dy, cache).inputs[0]
        assert right is not None
        return Gradients(inputs=(PLANTED[mistake](right, dy),))

    x, dy = rng.normal(size=(2, 3, 5))
    assert list(disagreements(tanh, [x], {}, {}, dy)) == []
    assert list(disagreements(replace(tanh, backward=backward), [x], {}, {}, dy)) != []


@pytest.mark.parametrize("lost", ["weight", "bias"])
def test_a_parameter_without_gradient_is_caught(lost: str) -> None:
    rng, dense = np.random.default_rng(7), OPS.all()["dense"]

    def backward(dy: Array, cache: Any) -> Gradients:
        right = dense.backward(dy, cache)
        kept = {name: g for name, g in right.parameters.items() if name != lost}
        return Gradients(inputs=right.inputs, parameters=kept)

    parameters = {"weight": rng.normal(size=(5, 7)), "bias": rng.normal(size=7)}
    point = (
        [rng.normal(size=(3, 5))],
        parameters,
        {"units": 7, "bias": True},
        rng.normal(size=(3, 7)),
    )
    found = list(disagreements(replace(dense, backward=backward), *point))
    assert found == [f"{lost}: no gradient"]


def test_a_forward_that_is_not_complex_safe_is_caught() -> None:
    rng, softsign = np.random.default_rng(7), OPS.all()["softsign"]

    def forward(inputs: Inputs, parameters: Parameters, options: Options) -> tuple[Array, Any]:
        return inputs[0] / (1 + np.abs(inputs[0])), (inputs[0], options)

    x, dy = rng.normal(size=(2, 3, 5))
    x += np.sign(x)
    found = list(disagreements(replace(softsign, forward=forward), [x], {}, {}, dy))
    assert len(found) == 1
    assert "complex step" in found[0]
