"""A claim that is no plain update: a gradient variable, and how the update follows it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.paste.understanding.fit import Fit, Rows
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.seen import joined, nth_back
from gradcheck.paste.understanding.values import fills
from gradcheck.record import record


@record
class Decay:
    """What an update takes off a parameter for a penalty: a share of it, or of its signs alone."""

    share: float
    signs: bool = False

    def of(self, parameter: Any) -> Any:
        """Return what is taken off, with the parameter's shape."""
        return self.share * (np.sign(parameter) if self.signs else np.asarray(parameter))


@record
class Claim:
    """What is claimed as one parameter's gradient: the values of a site, and why not the update.

    `sign` is -1 where the update follows the values uphill. Where there is a `decay`, the claim is
    the update less that, in the entries that are updated at all.
    Where one site serves several parameters in turn, `back` counts what it changes from the last
    one on.
    """

    site: int
    rows: tuple[Rows, ...]
    fit: Fit
    why: str
    sign: float = 1.0
    decay: Decay | None = None
    back: int = 1

    @property
    def ascends(self) -> bool:
        """Whether it is the gradient itself, and the update follows it uphill."""
        return self.sign < 0 and self.fit.exact and self.fit.scale < 0

    def value(self, events: Sequence[Event], shape: tuple[int, ...]) -> Any:
        """Return the claim as some events have it; None where they have none."""
        own = [event for event in events if event.site == self.site]
        whole = [event for event in own if fills(np.shape(event.value), shape)]
        if not whole:
            return joined(own, shape)
        index = nth_back(whole, self.back)
        return None if index is None else np.reshape(whole[index].value, shape)
