"""Sites: what an op says of how its parameters move its output is what its forward does."""

from collections.abc import Mapping
from math import prod

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.op import Inputs, Op, Options, Parameters, Response, Site

H = 2.0**-100
"""A complex step so small that a response is seen alone, also where steps follow one another."""

pytestmark = pytest.mark.ops("sited")


def sites(op: Op, inputs: Inputs, parameters: Parameters, options: Options) -> Mapping[str, Site]:
    assert op.sites is not None
    return op.sites(inputs, parameters, options)


def output(
    op: Op,
    inputs: Inputs,
    parameters: Parameters,
    options: Options,
    shifts: Mapping[str, Array],
) -> Array:
    assert op.shifted is not None
    return op.shifted(inputs, parameters, options, shifts)


def shift(site: Site, response: Response, change: Array) -> Array:
    """Return how a change of a parameter moves a site's pre-activations, as its response says."""
    if response.coefficients is None:
        return np.broadcast_to(change.ravel(), site.shape)
    if response.diagonal:
        return response.coefficients * change.ravel()
    k, c = response.coefficients.shape[-1], site.shape[-1]
    matrix = change.reshape(c, k).T if response.transposed else change.reshape(k, c)
    return np.asarray(response.coefficients @ matrix)


def told_shifts(found: Mapping[str, Site], name: str, change: Array) -> dict[str, Array]:
    """Return the shifts of all sites when one parameter changes."""
    return {
        place: shift(site, site.responses[name], change)
        if name in site.responses
        else np.zeros(site.shape)
        for place, site in found.items()
    }


def test_shifts_of_zero_change_nothing(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options
) -> None:
    found = sites(op, inputs, parameters, options)
    zeros = {name: np.zeros(site.shape) for name, site in found.items()}
    expected, _ = op.forward(inputs, parameters, options)
    np.testing.assert_array_equal(output(op, inputs, parameters, options, zeros), expected)


def test_every_parameter_has_its_sites_and_responses_fit_them(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options
) -> None:
    found = sites(op, inputs, parameters, options)
    assert {name for site in found.values() for name in site.responses} == set(parameters)
    for site in found.values():
        n, r, c = site.shape
        assert n == len(inputs[0])
        for name, response in site.responses.items():
            coefficients, size = response.coefficients, parameters[name].size
            if coefficients is None:
                assert size == c
            elif response.diagonal:
                assert coefficients.shape == site.shape
                assert size == c
            else:
                assert coefficients.shape == (n, r, size // c)
                assert size % c == 0


def test_moving_a_parameter_does_what_its_responses_say(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options, rng: np.random.Generator
) -> None:
    found = sites(op, inputs, parameters, options)
    for name, value in parameters.items():
        for k in rng.permutation(value.size)[:29]:
            change = np.zeros(value.shape, dtype=complex)
            change.flat[k] = 1j * H
            moved, _ = op.forward(inputs, {**parameters, name: value + change}, options)
            shifts = told_shifts(found, name, change)
            told = output(op, inputs, parameters, options, shifts)
            size = max(H, float(np.max(np.abs(moved.imag))))
            np.testing.assert_allclose(told.imag, moved.imag, rtol=1e-12, atol=1e-13 * size)


def test_where_the_output_is_affine_in_a_parameter_a_long_move_does_so_too(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options, rng: np.random.Generator
) -> None:
    found = sites(op, inputs, parameters, options)
    here, _ = op.forward(inputs, parameters, options)
    for name, value in parameters.items():
        change = rng.normal(size=value.shape)
        near, far = (
            op.forward(inputs, {**parameters, name: value + step * change}, options)[0]
            for step in (1, 2)
        )
        bar = 1e-12 * float(np.max(np.abs([here, near, far])))
        if np.max(np.abs(far - 2 * near + here)) < bar:
            shifts = told_shifts(found, name, change)
            told = output(op, inputs, parameters, options, shifts)
            np.testing.assert_allclose(told, near, rtol=0, atol=bar)


@pytest.mark.ops("samplewise")
def test_a_shift_of_one_sample_stays_in_it(
    op: Op, inputs: Inputs, parameters: Parameters, options: Options, rng: np.random.Generator
) -> None:
    expected, _ = op.forward(inputs, parameters, options)
    for name, site in sites(op, inputs, parameters, options).items():
        zeros = {
            place: np.zeros(other.shape)
            for place, other in sites(op, inputs, parameters, options).items()
        }
        one = rng.normal(size=site.shape)
        one[1:] = 0
        told = output(op, inputs, parameters, options, {**zeros, name: one})
        np.testing.assert_array_equal(told[1:], expected[1:])
        assert (told[0] != expected[0]).sum() >= min(2, prod(expected.shape[1:]))
