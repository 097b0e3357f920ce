"""The layers that only combine or reshape: what they refuse, and where products are zero."""

from collections.abc import Callable

import numpy as np
import pytest

from gradcheck.array import Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Op, Options


@pytest.mark.parametrize("name", ["add", "multiply"])
@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(3, 5), (3, 1)], r"input 0 has \(3, 5\) and input 1 \(3, 1\); they are not broadcast"),
        ([(3, 5), (3, 5), (5,)], r"input 0 has \(3, 5\) and input 2 \(5,\)"),
        ([(3, 5)], "two or more inputs are needed, but there is 1"),
    ],
)
def test_unequal_shapes_are_refused(
    name: str, shapes: list[Shape], message: str, find: Callable[[str], Op]
) -> None:
    with pytest.raises(ShapeError, match=message):
        find(name).infer(shapes, {})


def test_the_gradient_of_a_product_survives_zeros(find: Callable[[str], Op]) -> None:
    op = find("multiply")
    factors = [np.array([[0.0, 2.0]]), np.array([[3.0, 0.0]]), np.array([[5.0, 0.0]])]
    dy = np.array([[0.5, -4.0]])
    gradients = op.backward(dy, op.forward(factors, {}, {})[1]).inputs
    np.testing.assert_array_equal(gradients, [[[7.5, 0]], [[0, 0]], [[0, 0]]])


def test_the_gradients_of_a_sum_share_no_memory(find: Callable[[str], Op]) -> None:
    op, x = find("add"), np.ones((3, 5))
    first, second = op.backward(x, op.forward([x, x], {}, {})[1]).inputs
    assert first is not None
    assert second is not None
    assert not np.shares_memory(first, second)


@pytest.mark.parametrize(
    ("shapes", "options", "output"),
    [
        ([(3, 5), (3, 7)], {"axis": -1}, (3, 12)),
        ([(3, 5), (3, 7), (3, 2)], {"axis": 1}, (3, 14)),
        ([(3, 2, 5), (3, 7, 5)], {"axis": 1}, (3, 9, 5)),
        ([(3, 2, 5), (3, 7, 5)], {"axis": -2}, (3, 9, 5)),
    ],
)
def test_concat_adds_up_the_sizes_of_its_axis(
    shapes: list[Shape], options: Options, output: Shape, find: Callable[[str], Op]
) -> None:
    assert find("concat").infer(shapes, options).output == output


@pytest.mark.parametrize(
    ("shapes", "axis", "message"),
    [
        ([(3, 5), (3, 7)], 0, r"axis 0 of shape \(3, 5\) is the batch"),
        ([(3, 5), (3, 7)], -2, r"axis -2 of shape \(3, 5\) is the batch"),
        ([(3, 5), (3, 7)], 2, r"axis 2 of shape \(3, 5\) does not exist"),
        ([(3, 5), (3, 7)], -3, r"axis -3 of shape \(3, 5\) does not exist"),
        ([(3, 2, 5), (3, 7, 11)], 1, r"\(3, 2, 5\) and input 1 \(3, 7, 11\)"),
        ([(3, 5), (2, 5)], 1, r"\(3, 5\) and input 1 \(2, 5\)"),
        ([(3, 5), (3, 5, 7)], 1, r"\(3, 5\) and input 1 \(3, 5, 7\)"),
        ([(3, 5)], 1, "two or more inputs, but gets 1"),
    ],
)
def test_concat_refuses_what_does_not_fit(
    shapes: list[Shape], axis: int, message: str, find: Callable[[str], Op]
) -> None:
    with pytest.raises(ShapeError, match=message):
        find("concat").infer(shapes, {"axis": axis})


@pytest.mark.parametrize(
    ("shape", "output"),
    [((3, 5), (3, 5)), ((3, 2, 5, 7), (3, 70)), ((3,), (3, 1)), ((0, 2, 5), (0, 10))],
)
def test_flatten_keeps_the_batch(shape: Shape, output: Shape, find: Callable[[str], Op]) -> None:
    op = find("flatten")
    assert op.infer([shape], {}).output == output
    x = np.arange(np.prod(shape), dtype=float).reshape(shape)
    flat, cache = op.forward([x], {}, {})
    assert flat.shape == output
    np.testing.assert_array_equal(op.backward(flat, cache).inputs[0], x)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_an_activation_along_the_last_axis_is_not_taken_over_the_batch(
    name: str, find: Callable[[str], Op]
) -> None:
    with pytest.raises(ShapeError, match=r"shape \(n, k\), but gets \(7,\)"):
        find(name).infer([(7,)], {})


def test_a_difference_has_two_inputs(find: Callable[[str], Op]) -> None:
    assert find("subtract").arity == (2, 2)
    with pytest.raises(ShapeError, match=r"input 0 has \(3, 5\) and input 1 \(3, 1\)"):
        find("subtract").infer([(3, 5), (3, 1)], {})
