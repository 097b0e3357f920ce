"""The logistic function, on which several activations and all gates are built."""

import numpy as np

from gradcheck.array import Array


def logistic(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), without overflow and with all digits in the lower tail."""
    negative = z.real < 0
    e: Array = np.exp(np.where(negative, z, -z))
    value: Array = np.where(negative, e, 1) / (1 + e)
    return value


def logistic_slope(z: Array) -> Array:
    e: Array = np.exp(-np.abs(z))
    value: Array = e / (1 + e) ** 2
    return value
