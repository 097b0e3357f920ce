"""The comparison of one parameter's claim with its numeric gradient at one probe."""

import numpy as np

from gradcheck.array import Array
from gradcheck.numeric.estimate import EPS
from gradcheck.referee.doubt import SAFETY, Doubt, widened
from gradcheck.referee.estimates import Numeric
from gradcheck.referee.judge import Claim, judge, zero_below
from gradcheck.referee.nearby import Nearby
from gradcheck.referee.tally import Tally


def compare(
    tally: Tally, near: Nearby, reference: Numeric, *, rtol: float | None, contradicted: bool
) -> None:
    """Judge a parameter's claim at a probe, and put it on the tally."""
    name = tally.name
    own, scatter = near.own(name), near.scatter(name, reference)
    claim = Claim(
        value=own[reference.entries],
        scatter=scatter[reference.entries],
        epsilon=near.epsilon,
        fixed=near.fixed,
    )

    def again(k: int, suspects: Array) -> Array:
        first = claim.value[suspects] - reference.value[suspects]
        found = near.apart(name, reference, suspects, k + 1)
        return first if found is None else np.where(np.isfinite(found), found, first)

    parameter = near.probe.parameters[name]
    negligible = zero_below(near.evaluator.magnitude(near.probe, name), parameter)
    judged = judge(
        reference,
        claim,
        again=again,
        rtol=rtol,
        negligible=negligible,
        contradicted=contradicted,
    )
    tally.add(near.probe.name, reference, claim.value, judged)
    if _zero(reference, negligible):
        tally.zero_at.append(near.probe.name)
    if reference.along is not None:
        tally.directions += 1
        _along(tally, near, reference, scatter, negligible, rtol)


def _zero(reference: Numeric, negligible: float) -> bool:
    """Tell whether a whole gradient is zero to within rounding."""
    if (np.abs(reference.value) > np.maximum(reference.bar, negligible)).any():
        return False
    along = reference.along
    return along is None or abs(along.value) <= max(along.bar, negligible)


def _along(
    tally: Tally,
    near: Nearby,
    reference: Numeric,
    scatter: Array,
    negligible: float,
    rtol: float | None,
) -> None:
    """Compare along the random direction, where not every entry was compared."""
    name, along, own = tally.name, reference.along, near.own(tally.name)
    assert along is not None
    direction = along.direction.ravel()
    claimed = float(own @ direction)
    sizes = np.where(np.isfinite(own), np.abs(own), 0.0)
    bar = along.bar + SAFETY * float(np.abs(direction) @ (scatter + near.epsilon * sizes))
    if rtol is not None:
        bar = max(bar, rtol * float(np.abs(direction) @ sizes))

    def again(k: int, suspects: Array) -> Array:  # noqa: ARG001
        found = near.apart_along(name, reference, along, k + 1)
        return np.array([claimed - along.value if found is None else found])

    doubt = Doubt(
        difference=np.array([claimed - along.value]),
        size=np.abs([along.value]),
        gap=np.abs([claimed - along.value]),
        bar=np.array([bar]),
        rounding=negligible * near.epsilon / EPS * float(np.sqrt(direction.size)),
        again=again,
        fixed=near.fixed,
    )
    bar = float(widened(doubt, untouched=np.array([not along.kinked]))[0])
    if not doubt.gap[0] <= bar and not along.kinked:
        tally.off_direction = (
            f"along a random direction through all entries, at the {near.probe.name} point, "
            f"claimed {claimed:.6g}, numeric {along.value:.6g} ± {bar:.1g}"
        )
