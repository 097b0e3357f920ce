"""The terms that a derivative is made of, where they cancel and where they do not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gradcheck.config.load import Loaded

TOGETHER = """
network:
  inputs: {x: [5]}
  layers:
    - z: {dense: {units: 1, bias: false}}
    - logits: {concat: {}, inputs: [z, z, z]}
loss: {cross_entropy: {reduction: sum}}
data: {batch: 2, x: {uniform: [1, 3]}, y: [1, 0]}
"""


def test_terms_are_those_before_they_cancel(load_config: Callable[[str], Loaded]) -> None:
    problem = load_config(TOGETHER).problem
    probe = problem.probe(0, 0)
    assert problem.terms is not None
    found = problem.terms(probe, "z.weight", [0, 3])
    (claims,) = problem.claims([probe])
    x = np.asarray(probe.data["x"])
    # Of three equal logits each has the probability 1/3, and the slope 1/3, or -2/3 for the label.
    np.testing.assert_allclose(found, 4 / 3 * np.abs(x).sum(axis=0)[[0, 3]], rtol=1e-12)
    assert np.abs(claims["z.weight"]).max() < 1e-14


def test_terms_that_do_not_cancel_are_the_derivative(load_config: Callable[[str], Loaded]) -> None:
    one = TOGETHER.replace("concat: {}, inputs: [z, z, z]", "tanh: {}").replace(
        "cross_entropy", "squared_error"
    )
    problem = load_config(one.replace("batch: 2", "batch: 1").replace("[1, 0]", "[[0.5]]")).problem
    probe = problem.probe(0, 0)
    assert problem.terms is not None
    (claims,) = problem.claims([probe])
    found = problem.terms(probe, "z.weight", range(5))
    np.testing.assert_allclose(found, np.abs(claims["z.weight"]).ravel(), rtol=1e-12)
    assert (found > 0).all()


TWO = """
network:
  inputs: {x: [3]}
  layers:
    - hidden: {dense: {units: 5}}
    - gate: {multiply: {}, inputs: [hidden, hidden]}
    - output: {dense: {units: 2, bias: false}}
loss: {squared_error: {reduction: sum}}
data: {batch: 7, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
parameters: {hidden.bias: {normal: [0, 1]}}
"""


def test_paths_add_up_the_sizes_of_all_that_they_contribute(
    load_config: Callable[[str], Loaded],
) -> None:
    problem = load_config(TWO).problem
    probe = problem.probe(0, 0)
    p, x, y = probe.parameters, probe.data["x"], probe.data["y"]
    hidden = x @ p["hidden.weight"] + p["hidden.bias"]
    error = np.abs(2 * (hidden**2 @ p["output.weight"] - y))
    above = 2 * np.abs(hidden) * (error @ np.abs(p["output.weight"]).T)

    assert problem.paths is not None
    np.testing.assert_allclose(
        problem.paths(probe, "hidden.weight", range(15)),
        (np.abs(x).T @ above).ravel(),
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        problem.paths(probe, "hidden.bias", [4, 1]), above.sum(axis=0)[[4, 1]], rtol=1e-12
    )


def test_paths_show_what_cancels_within_a_layer(load_config: Callable[[str], Loaded]) -> None:
    text = TWO.replace("multiply: {}, inputs: [hidden, hidden]", "expression: z * z * z - z**3")
    problem = load_config(text).problem
    probe = problem.probe(0, 0)
    (claims,) = problem.claims([probe])
    assert problem.terms is not None
    assert problem.paths is not None

    assert np.abs(claims["hidden.bias"]).max() < 1e-13
    assert problem.terms(probe, "hidden.bias", range(5)).max() < 1e-13
    assert problem.paths(probe, "hidden.bias", range(5)).min() > 0.1


def test_parameters_that_are_shared_have_the_paths_of_all_their_uses(
    load_config: Callable[[str], Loaded],
) -> None:
    tied = TWO.replace("bias: false}}", "bias: false}, share: {weight: hidden.weight.T}}")
    problem = load_config(tied.replace("units: 2", "units: 3")).problem
    apart = load_config(TWO.replace("units: 2", "units: 3")).problem
    probe = problem.probe(0, 0)
    weight = probe.parameters["hidden.weight"]
    own = {**probe.parameters, "output.weight": weight.T}
    assert problem.paths is not None
    assert apart.paths is not None

    found = problem.paths(probe, "hidden.weight", range(15))

    parts = replace(apart.probe(0, 0), parameters=own, data=probe.data)
    first = apart.paths(parts, "hidden.weight", range(15))
    second = apart.paths(parts, "output.weight", range(15)).reshape(5, 3).T.ravel()
    np.testing.assert_allclose(found, first + second, rtol=1e-12)
