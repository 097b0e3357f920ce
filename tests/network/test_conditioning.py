"""The terms that a derivative is made of, where they cancel and where they do not."""

from collections.abc import Callable

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
