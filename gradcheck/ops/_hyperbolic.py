"""Derivative of the hyperbolic tangent, for layers that have it built in."""

from gradcheck.array import Array
from gradcheck.ops._logistic import logistic_slope


def tanh_slope(z: Array) -> Array:
    """Return 1 / cosh(z)^2, with all digits where tanh saturates: tanh z = 2 logistic(2 z) - 1."""
    return 4 * logistic_slope(2 * z)
