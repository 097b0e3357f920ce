"""Half a squared error: the loss where a program writes it, under whatever name."""

import numpy as np

from gradcheck.paste.understanding.candidates import by_site
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.texts import is_half_a_square


def half_squares(inquiry: Inquiry) -> list[int]:
    """Return the numbers that are half the squared error, under whatever name."""
    offered = inquiry.candidates
    squares = [i for i, c in enumerate(offered) if c.standard == "squared error"]
    widest = max((len(inquiry.decided(i)) for i in squares), default=0)
    return [
        i
        for i, candidate in enumerate(offered)
        if not candidate.standard
        and candidate.whole
        and is_half_a_square(inquiry.machine.nodes[candidate.site])
        and len(inquiry.decided(i)) == widest
        and any(inquiry.parallel(i, square, everywhere=True) for square in squares)
    ]


def is_meant(inquiry: Inquiry, written: int, implied: int) -> bool:
    """Tell half the squared error of what another standard loss is implied of.

    Of one output, and one sample at a time, all losses are parallel: what is written decides.
    """
    if written not in half_squares(inquiry):
        return False
    other = inquiry.candidates[implied].standard != "squared error"
    return other and any(
        candidate.standard == "squared error" and same_pair(inquiry, index, implied)
        for index, candidate in enumerate(inquiry.candidates)
    )


def same_pair(inquiry: Inquiry, one: int, other: int) -> bool:
    grouped = by_site(inquiry.base.events)
    first, second = inquiry.candidates[one], inquiry.candidates[other]
    pairs = [grouped.get(candidate.site, []) for candidate in (first, second)]
    sides = [
        [np.ravel(e.left if c.left else e.right) for e in events]
        for c, events in zip((first, second), pairs, strict=True)
    ]
    if len(sides[0]) != len(sides[1]):
        return False
    return all(np.array_equal(a, b) for a, b in zip(*sides, strict=True))
