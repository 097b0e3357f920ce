"""Why gradients are zero, as facts of the network at the user's own point."""

from collections.abc import Iterator, Mapping

from gradcheck.problem import Fact, Lost, Probe, Problem
from gradcheck.referee.tally import Tally

REASONS = {
    "unused": "no layer on the way to the loss uses it",
    "always": "{place} gives the same however far it moves, though what comes in changes",
    "nearby": "small moves end at {place}: what they reach is off, masked or saturated there",
    "cancelled": "what it adds to some terms of the loss it takes from others",
    "stationary": "the loss changes with its square: at a minimum, a maximum or a saddle",
}
OWN = "{place} gives the same whatever it is: it meets zeros there"


def zeros(
    problem: Problem, tallies: Mapping[str, Tally], probes: Mapping[str, Probe]
) -> Iterator[Fact]:
    """Yield why gradients are zero, those of one reason together."""
    own = next(iter(probes.values()), None)
    groups: dict[tuple[str, str], list[str]] = {}
    for name, tally in tallies.items():
        if own is None or own.name not in tally.zero_at or problem.lost is None:
            continue
        if tally.verdict == "undecided":
            continue
        lost = problem.lost(own, name)
        if lost:
            everywhere = len(tally.zero_at) == len(probes)
            where = "at every point" if everywhere else f"at the {own.name} point"
            groups.setdefault((_code(lost), f"{where}: {_why(lost)}"), []).append(name)
    for (code, why), names in groups.items():
        yield Fact(code=code, parameters=tuple(names), evidence=(why,))


def _code(lost: Lost) -> str:
    """Tell a parameter that has no effect from one whose effect is taken back."""
    taken_back = lost.how in ("cancelled", "stationary") or (lost.how == "always" and not lost.own)
    return "CHK14" if taken_back else "CHK12"


def _why(lost: Lost) -> str:
    reason = OWN if lost.how == "always" and lost.own else REASONS[lost.how]
    return reason.format(place=lost.place)
