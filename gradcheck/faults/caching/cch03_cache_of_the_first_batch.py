"""The backward pass reads what an earlier forward pass has left.

## Rule
A gradient belongs to the point and the batch at which the forward pass was run.

    Z = X @ W, for this X and this W
    dL/dW = X.T @ dL/dZ, for the same X

## Symptom
The first call is right. Later ones return the gradients of the first batch and weights again, all
of them, exact for that point.

## Cause
The forward pass is not run again, or its results go where backward does not look: a cache that
is filled `if cache is None`, a memoised function, a buffer of another instance.

## Fix
Fill the cache in every forward pass.

## Hidden when
The same batch is seen twice with the same weights.

## Sources
Griewank and Walther, *Evaluating Derivatives* (2008), section 3.2. A check that fills the cache
by itself meets CHK09 instead.
"""

from collections.abc import Mapping

from gradcheck.array import Array
from gradcheck.fault import Fault, Whole


def alter(whole: Whole) -> Mapping[str, Array] | None:
    return whole.first


FAULT = Fault(
    code="CCH03",
    slug="cache-of-the-first-batch",
    title="the gradients are those of an earlier batch and earlier weights",
    family="caching",
    doc=__doc__,
    wrong="cache = cache or forward(X)",
    right="cache = forward(X)",
    alter=alter,
    repairs=("insert-statement",),
)
