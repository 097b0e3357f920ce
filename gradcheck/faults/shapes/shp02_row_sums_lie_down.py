"""A sum over each row has lost its axis, and meets the columns.

## Rule
What belongs to a row has to stay a column to be divided by, or taken off, row by row.

    s = e.sum(axis=1), of shape (m,)
    p_nj = e_nj / s_n needs (m, 1)
    e / s is e_nj / s_j

## Symptom
The layer under the softmax, or all layers where it is the loss's, are wrong. It runs only where
there are as many classes or units as samples.

## Cause
The sum is written without keepdims=True.

## Fix
e.sum(axis=1, keepdims=True), or s[:, None].

## Hidden when
The two numbers differ, and an error is raised; or all rows have one sum.

## Sources
Harris et al., *Array programming with NumPy* (2020), on broadcasting; seen in
https://github.com/triton-lang/triton/pull/11409.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._linear import as_long_as_wide
from gradcheck.faults._probabilities import targets, weighted
from gradcheck.op import Gradients


def _softmax(site: Site) -> Gradients:
    lying = (site.output * site.upstream).sum(axis=1)
    return site.with_first(site.output * (site.upstream - lying))


def _log_softmax(site: Site) -> Gradients:
    lying = site.upstream.sum(axis=1)
    return site.with_first(site.upstream - np.exp(site.output) * lying)


def _cross_entropy(site: Site) -> Gradients | None:
    if site.options["from"] != "logits":
        return None
    e: Array = np.exp(site.inputs[0])
    q = targets(site)
    return weighted(site, e / e.sum(axis=1) * q.sum(axis=1, keepdims=True) - q)


SUMS = {"softmax": _softmax, "log_softmax": _log_softmax, "cross_entropy": _cross_entropy}


def inject(site: Site) -> Gradients | None:
    if site.op.name not in SUMS or not as_long_as_wide(site.inputs[0]):
        return None
    return SUMS[site.op.name](site)


FAULT = Fault(
    code="SHP02",
    slug="row-sums-lie-down",
    title="a sum over rows has lost its axis and is broadcast over the columns",
    family="shapes",
    doc=__doc__,
    wrong="p = e / e.sum(axis=1)",
    right="p = e / e.sum(axis=1, keepdims=True)",
    inject=inject,
    repairs=("change-axis",),
)
