"""The regularisers against the complex step, and their kinks."""

import numpy as np
import pytest

from gradcheck.catalogues import OPS
from gradcheck.op import Op


def find(name: str) -> Op:
    op = OPS.find(name)
    assert op is not None
    assert op.kind == "regularizer"
    return op


@pytest.mark.parametrize("name", ["l1", "l2"])
def test_backward_agrees_with_the_complex_step_of_forward(
    name: str, rng: np.random.Generator
) -> None:
    op = find(name)
    w, upstream = rng.standard_normal((5, 3)), rng.standard_normal((5, 3))
    moved, _ = op.forward((w + 1e-20j,), {}, {})
    numeric = upstream * moved.imag / 1e-20
    (claimed,) = op.backward(upstream, op.forward((w,), {}, {})[1]).inputs
    assert np.abs(numeric).min() > 0
    assert claimed is not None
    np.testing.assert_allclose(claimed, numeric, rtol=1e-14)
    assert op.infer([(5, 3)], {}).output == (5, 3)


def test_terms_of_l1_and_l2_are_absolute_values_and_squares(rng: np.random.Generator) -> None:
    w = rng.standard_normal((5, 3))
    np.testing.assert_array_equal(find("l1").forward((w,), {}, {})[0], np.abs(w))
    np.testing.assert_array_equal(find("l2").forward((w,), {}, {})[0], w * w)


def test_l1_has_a_kink_at_zero_where_its_slope_is_zero_and_l2_has_none() -> None:
    l1, w = find("l1"), np.array([-2.0, 0.0, 0.5])
    assert l1.kinks is not None
    np.testing.assert_array_equal(np.abs(l1.kinks((w,), {})), [2.0, 0.0, 0.5])
    (slope,) = l1.backward(np.full(3, 7.0), l1.forward((w,), {}, {})[1]).inputs
    np.testing.assert_array_equal(slope, [-7.0, 0.0, 7.0])
    assert find("l2").kinks is None
