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
    own, scatter = near.claim(name), near.scatter(name, reference)
    claim = Claim(
        value=own[reference.entries],
        scatter=scatter[reference.entries],
        epsilon=near.epsilon,
        fixed=near.problem.dumped,
    )

    def again(k: int, suspects: Array) -> Array:
        entries = reference.entries[suspects]
        here = own if near.problem.dumped else near.claim(name, k + 1)
        return np.asarray(here[entries] - near.numeric(name, reference, entries, k + 1))

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
    if reference.along is not None:
        tally.directions += 1
        _along(tally, near, reference, scatter, negligible, rtol)


def _along(
    tally: Tally,
    near: Nearby,
    reference: Numeric,
    scatter: Array,
    negligible: float,
    rtol: float | None,
) -> None:
    """Compare along the random direction, where not every entry was compared."""
    name, along, own = tally.name, reference.along, near.claim(tally.name)
    assert along is not None
    direction = along.direction.ravel()
    claimed = float(own @ direction)
    bar = along.bar + SAFETY * float(np.abs(direction) @ (scatter + near.epsilon * np.abs(own)))
    if rtol is not None:
        bar = max(bar, rtol * float(np.abs(direction) @ np.abs(own)))

    def again(k: int, suspects: Array) -> Array:  # noqa: ARG001
        here = own if near.problem.dumped else near.claim(name, k + 1)
        return np.array([here @ direction - near.along(name, reference, along.direction, k + 1)])

    doubt = Doubt(
        difference=np.array([claimed - along.value]),
        size=np.abs([along.value]),
        gap=np.abs([claimed - along.value]),
        bar=np.array([bar]),
        rounding=negligible * near.epsilon / EPS * float(np.sqrt(direction.size)),
        again=again,
        fixed=near.problem.dumped,
    )
    bar = float(widened(doubt, untouched=np.array([not along.kinked]))[0])
    if not doubt.gap[0] <= bar and not along.kinked:
        tally.off_direction = (
            f"along a random direction through all entries, at the {near.probe.name} point, "
            f"claimed {claimed:.6g}, numeric {along.value:.6g} ± {bar:.1g}"
        )
