r"""The standard losses that programs minimise without writing them down.

Each is a function of a prediction a and its target t, of shapes that broadcast, summed over
all elements; factors do not matter. A program that never computes one of these still shows
which it is: its gradients are those of one of them, to many digits.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.record import record


@record
class Standard:
    """One loss; `predicts` and `aims` tell predictions and targets that are in its domain."""

    name: str
    formula: str
    value: Callable[[Array, Array], Any]
    predicts: Callable[[Array], bool]
    aims: Callable[[Array], bool]

    def fits(self, a: Array, t: Array, *, made_up: bool = False) -> bool:
        """Tell whether the loss is one of these; targets that are `made_up` tell nothing of it."""
        return self.predicts(a) and (made_up or self.aims(t))


def _anything(a: Array) -> bool:  # noqa: ARG001
    return True


def _between(a: Array) -> bool:
    return bool(np.all((a > 0) & (a < 1)))


def _within(t: Array) -> bool:
    return bool(np.all((t >= 0) & (t <= 1)))


def _positive(a: Array) -> bool:
    return bool(np.all(a > 0))


def _not_negative(t: Array) -> bool:
    return bool(np.all(t >= 0))


def _signs(t: Array) -> bool:
    return bool(np.all(np.abs(t) == 1))


STANDARD: Mapping[str, Standard] = {
    loss.name: loss
    for loss in (
        Standard(
            name="squared error",
            formula="0.5*sum((a - t)**2)",
            value=lambda a, t: 0.5 * np.sum((a - t) ** 2),
            predicts=_anything,
            aims=_anything,
        ),
        Standard(
            name="binary cross-entropy",
            formula="-sum(t*log(a) + (1 - t)*log(1 - a))",
            value=lambda a, t: -np.sum(t * np.log(a) + (1 - t) * np.log1p(-a)),
            predicts=_between,
            aims=_within,
        ),
        Standard(
            name="cross-entropy",
            formula="-sum(t*log(a))",
            value=lambda a, t: -np.sum(t * np.log(a)),
            predicts=_positive,
            aims=_not_negative,
        ),
        Standard(
            name="Poisson loss",
            formula="sum(a - t*log(a))",
            value=lambda a, t: np.sum(a - t * np.log(a)),
            predicts=_positive,
            aims=_not_negative,
        ),
        Standard(
            name="hinge loss",
            formula="sum(maximum(0, 1 - t*a))",
            value=lambda a, t: np.sum(np.maximum(0, 1 - t * a)),
            predicts=_anything,
            aims=_signs,
        ),
        Standard(
            name="logistic loss",
            formula="sum(log(1 + exp(-t*a)))",
            value=lambda a, t: np.sum(np.logaddexp(0, -t * a)),
            predicts=_anything,
            aims=_signs,
        ),
        Standard(
            name="absolute error",
            formula="sum(abs(a - t))",
            value=lambda a, t: np.sum(np.abs(a - t)),
            predicts=_anything,
            aims=_anything,
        ),
        Standard(
            name="log-cosh loss",
            formula="sum(log(cosh(a - t)))",
            value=lambda a, t: np.sum(np.logaddexp(a - t, t - a)),
            predicts=_anything,
            aims=_anything,
        ),
    )
}

_SHORT = {
    "mse": "squared error",
    "sse": "squared error",
    "l2": "squared error",
    "mean squared error": "squared error",
    "bce": "binary cross-entropy",
    "log loss": "binary cross-entropy",
    "ce": "cross-entropy",
    "categorical cross entropy": "cross-entropy",
    "nll": "cross-entropy",
    "hinge": "hinge loss",
    "logistic": "logistic loss",
    "poisson": "Poisson loss",
    "mae": "absolute error",
    "l1": "absolute error",
    "log cosh": "log-cosh loss",
}


def standard_name(text: str) -> str | None:
    """Return the name of the standard loss that a user means; None where it is none."""
    plain = _plain(text)
    return next((name for name in STANDARD if _plain(name) == plain), _SHORT.get(plain))


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("-", " ").replace("_", " ").split())
