"""Gradients of the wrong shape: what they are, if not the gradient of their parameter."""

from collections.abc import Iterator, Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.diagnose.case import EXACT, gap
from gradcheck.diagnose.explanation import Misshapen
from gradcheck.fault import Fault
from gradcheck.network.planted import Reference


def recognise(
    parameter: str, claim: Array, reference: Reference, faults: Mapping[str, Fault]
) -> Misshapen | None:
    """Return what a claim of another shape is, by the first of the known confusions it equals."""
    for code, words in _guesses(parameter, np.asarray(claim, dtype=np.float64), reference):
        return Misshapen(fault=faults.get(code), words=words)
    return None


def _guesses(parameter: str, claim: Array, reference: Reference) -> Iterator[tuple[str, str]]:
    """Yield the codes of faults that make just this, and what it is in words."""
    right = reference.gradients[parameter]
    if claim.ndim == right.ndim > 1 and _same(claim.T, right):
        yield "MAT02", "it is the right gradient, transposed"
    for other, gradient in reference.gradients.items():
        if other != parameter and _same(claim, gradient):
            yield "PRP05", f"it is the gradient of {other}"
    if claim.ndim > right.ndim:
        spare = tuple(range(claim.ndim - right.ndim))
        if _same(claim.sum(axis=spare), right):
            yield "BIA05", "summed over the samples it is right: the sum over axis 0 is missing"
    for delta in _deltas(parameter, reference):
        for axis in range(delta.ndim):
            if _same(claim, delta.sum(axis=axis)) and delta.shape[axis] != len(delta):
                yield "BIA04", f"it is the delta, summed over axis {axis} instead of 0"
    if claim.size == right.size and _same(claim.reshape(right.shape), right):
        yield "", "its numbers are right, in another shape"


def _deltas(parameter: str, reference: Reference) -> Iterator[Array]:
    """Yield what arrives at the outputs of the nodes that a parameter belongs to."""
    for site in reference.sites.values():
        if parameter in site.names.values():
            yield site.upstream


def _same(one: Array, other: Array) -> bool:
    return one.shape == other.shape and gap(one, other) <= EXACT
