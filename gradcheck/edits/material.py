"""What edits may be made of: the names, functions and factors that make sense at a place."""

from collections.abc import Mapping
from dataclasses import field

from gradcheck.record import record


@record
class Material:
    """Texts of expressions, valid where the edit is made.

    `names` are values of the backward or forward pass that may stand for one another, never
    hyper-parameters, and `calls` such values that have no name; `functions` are one-argument
    functions such as activations and their derivatives; `slopes` are derivatives written out,
    such as `a * (1 - a)` or `(delta @ w.T)`, and `rules` how they are written of a value `{0}`;
    `indices` are the variables of the loops around that entries are picked by;
    `counts` are numbers to divide by, such as `m`; `strengths` are what the text multiplies other
    values of the kind by, such as `reg`, and may be taken for each other; `sizes` are numbers of
    samples that a mean may have been forgotten of, `divisors` those that may stand for another;
    `terms` may have been left out of a sum, such as
    `l2 * w`, and `products` whole terms of the sum that is all of a statement's value; `factors`
    are values that are used nowhere, and so may be missing in a product; `idle` are those that are
    taken from the data for nothing, and so may be missing in a sum as well; `applied` are the
    functions that the text applies to a value elsewhere; `normed` are outputs of
    normalisations, such as `x_hat`; `leaks` are slopes that units keep where they are off;
    `chances` are the outputs of softmaxes, with the axes along which they add up to 1, None for
    all entries; `entrywise` is the
    function that multiplies matrices entry by entry, in a text where `*` does not;
    `shapes` are those of values that are arrays; `numpy` is how
    the text calls NumPy, empty where functions have no prefix, None where it can't.
    """

    names: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    slopes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    indices: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    strengths: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    divisors: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    applied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    normed: tuple[str, ...] = ()
    leaks: tuple[str, ...] = ()
    chances: Mapping[str, int | None] = field(default_factory=dict)
    entrywise: str | None = None
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    numpy: str | None = "np"
