"""What diagnosis answers: faults to blame, what came near, another loss."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from gradcheck.claims.formulas import Formulas
from gradcheck.diagnose.repair import Repair
from gradcheck.fault import Fault
from gradcheck.network.plant import Plant
from gradcheck.record import record


@record
class OtherLoss:
    """A loss whose gradients, multiplied by `factor`, the claims are."""

    name: str
    options: Mapping[str, Any]
    factor: float
    """Of the gradients of the loss summed over the batch."""


@record
class Blame:
    """One fault that was made, as far as gradients can tell.

    `parameters` are those whose gradients it changes; `alternatives` give the same gradients in
    its place; `activation` is the name of the one that it was made at, if it was at one.
    """

    plant: Plant
    parameters: tuple[str, ...]
    activation: str | None = None
    alternatives: tuple[Plant, ...] = ()


@record
class Misshapen:
    """What a gradient of the wrong shape is: the fault that makes such, if known, and in words."""

    fault: Fault | None
    words: str


@record
class Mending:
    """A repair of formulas, `said` telling of each edit what its statement should have been."""

    repair: Repair
    formulas: Formulas
    said: tuple[str | None, ...] = ()


@record
class Diagnosis:
    """What accounts for a problem's wrong claims.

    `blames` together give every claim to within `miss`, at all `probes`; without any the claims
    are unexplained. `sets` are all sets of faults that do, the one to blame first. `near` are the
    faults that come nearest without matching, and how far each misses. `other` is a loss whose
    gradients the claims are, `mending` what makes formulas right, `misshapen` what gradients of
    the wrong shape are. `without_bias` names layers that lack one beside others that have it.
    """

    blames: tuple[Blame, ...] = ()
    sets: tuple[tuple[Plant, ...], ...] = ()
    miss: float = float("inf")
    probes: int = 0
    near: tuple[tuple[Plant, float], ...] = ()
    other: OtherLoss | None = None
    mending: Mending | None = None
    misshapen: Mapping[str, Misshapen] = field(default_factory=dict)
    without_bias: tuple[str, ...] = ()
