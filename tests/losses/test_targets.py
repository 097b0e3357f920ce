"""What the losses ask of shapes and of target values, and how they say so."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.catalogues import OPS
from gradcheck.errors import ShapeError

Evaluate = Callable[..., Array]
ELEMENTWISE = [
    "absolute_error", "huber", "log_cosh", "binary_cross_entropy", "hinge", "squared_hinge",
    "poisson", "squared_error",
]  # fmt: skip
CLASSES = ["cross_entropy", "negative_log_likelihood", "multiclass_hinge", "categorical_hinge"]


@pytest.mark.parametrize("loss", ELEMENTWISE)
def test_elementwise_losses_keep_the_shape_and_refuse_to_broadcast(
    loss: str, infer: Callable[..., Any]
) -> None:
    assert infer(loss, (7, 5), (7, 5)) == (7, 5)
    with pytest.raises(ShapeError, match=r"prediction has shape \(7, 1\) but the target \(7,\)"):
        infer(loss, (7, 1), (7,))


@pytest.mark.parametrize("loss", CLASSES)
def test_losses_over_classes_take_numbers_or_rows_and_drop_the_last_axis(
    loss: str, infer: Callable[..., Any]
) -> None:
    assert infer(loss, (7, 5), (7,)) == (7,)
    assert infer(loss, (7, 5), (7, 5)) == (7,)
    assert infer(loss, (7, 3, 5), (7, 3)) == (7, 3)
    message = r"shape \(7, 5\) needs a target of shape \(7,\) .* or \(7, 5\) .* has shape \(7, 1\)"
    with pytest.raises(ShapeError, match=message):
        infer(loss, (7, 5), (7, 1))


@pytest.mark.parametrize("loss", [*CLASSES, "kl_divergence"])
def test_losses_over_classes_need_an_axis_of_classes(loss: str, infer: Callable[..., Any]) -> None:
    with pytest.raises(ShapeError, match=r"needs shape \(n, k\).* but has \(7,\)"):
        infer(loss, (7,), (7,))


def test_kl_divergence_takes_rows_only(infer: Callable[..., Any]) -> None:
    assert infer("kl_divergence", (7, 3, 5), (7, 3, 5)) == (7, 3)
    with pytest.raises(ShapeError, match=r"\(7, 5\) but the target \(7,\)"):
        infer("kl_divergence", (7, 5), (7,))


@pytest.mark.parametrize("loss", CLASSES)
@pytest.mark.parametrize("outside", [7, -1, 5.0])
def test_a_class_that_the_prediction_lacks_is_named(
    loss: str, outside: float, rng: np.random.Generator, terms: Evaluate
) -> None:
    y = np.array([0, 4, outside])
    message = rf"class {int(outside)} in the target, .* has 5 classes \(0 to 4\)"
    with pytest.raises(ShapeError, match=message):
        terms(loss, rng.standard_normal((3, 5)), y)


@pytest.mark.parametrize("loss", CLASSES)
@pytest.mark.parametrize("odd", [0.5, np.nan])
def test_a_target_that_is_no_class_number_is_named(
    loss: str, odd: float, rng: np.random.Generator, terms: Evaluate
) -> None:
    with pytest.raises(ShapeError, match=rf"holds {odd} where a class number .* from 0 to 4"):
        terms(loss, rng.standard_normal((3, 5)), np.array([1.0, odd, 2.0]))


@pytest.mark.parametrize("row", [[0.2, 0.8, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
def test_multiclass_hinge_refuses_rows_without_one_right_class(
    row: list[float], rng: np.random.Generator, terms: Evaluate
) -> None:
    y = np.array([[0.0, 1.0, 0.0], row])
    with pytest.raises(ShapeError, match=r"needs one-hot rows .* has the row") as caught:
        terms("multiclass_hinge", rng.standard_normal((2, 3)), y)
    assert str(row) in str(caught.value)


@pytest.mark.parametrize("loss", ["hinge", "squared_hinge"])
def test_hinges_refuse_labels_0_and_1_and_say_how_to_turn_them(
    loss: str, rng: np.random.Generator, terms: Evaluate
) -> None:
    with pytest.raises(ShapeError, match=r"labels -1 and \+1, but holds 0.0.* 2 \* y - 1"):
        terms(loss, rng.standard_normal(3), np.array([1.0, 0.0, 1.0]))


def test_smoothing_leaves_something_of_the_target() -> None:
    assert OPS.all()["cross_entropy"].options["label_smoothing"].below == 1
