"""What is to be said of checks that are not simply right: why, by figures that were measured.

Where a parameter is wrong or undecided its worst entry is held against differences with all steps;
where its gradient is zero the problem tells why.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from gradcheck.errors import InternalError
from gradcheck.numeric import sweep as sweeping
from gradcheck.numeric.estimate import EPS
from gradcheck.problem import Claims, Fact, Kink, Moves, Probe, Problem
from gradcheck.record import record
from gradcheck.referee.audit import Trust
from gradcheck.referee.evaluator import Evaluator
from gradcheck.referee.nearby import epsilon_of
from gradcheck.referee.plan import entry_moves
from gradcheck.referee.tally import Tally, Telling
from gradcheck.referee.zeros import zeros
from gradcheck.report import Sweep

CODES = {
    "kink": "CHK03",
    "noise": "CHK02",
    "precision": "CHK15",
}
"""What explains why a parameter is undecided, if its numeric gradient is beyond doubt."""

SHOWN = 4
"""Kinks, or parameters, that evidence names one by one."""

LAWS: Mapping[sweeping.Name, str] = {
    "agree": "its gap to differences falls to {gap:.2g} as steps shrink to {last:.0e}: so closely "
    "do they agree",
    "differ": "its gap to differences stays at {gap:.2g} for steps from {first:.0e} to {last:.0e}, "
    "as that of a wrong slope does",
    "kink": "its gap to differences stays at {gap:.2g} for steps from {first:.0e} to {last:.0e}, "
    "and that between their two sides at {sides:.2g}: the point is on a kink",
    "crossing": "steps down to {last:.0e} reach over a kink nearby, and smaller ones do not",
    "noise": "its gap to differences is at best {gap:.2g}, and grows as steps shrink: noise of the "
    "loss hides the slope",
    "unclear": "its gap to differences obeys no law",
}
"""What the laws of `numeric.sweep` say about a slope."""


@record
class Case:
    """A run that is over, as far as it needs explaining."""

    problem: Problem
    evaluator: Evaluator
    tallies: Mapping[str, Tally]
    trusts: Mapping[str, Trust]
    probes: Mapping[str, Probe]
    kinks: Callable[[Probe], Sequence[Kink]]
    claims: Claims


def explained(case: Case) -> Iterator[Fact]:
    """Sweep what is wrong or undecided, putting the sweeps on the tallies, and yield the facts.

    Raises InternalError where differences side with a claim that was called wrong.
    """
    laws = {name: _swept(case, tally) for name, tally in case.tallies.items()}
    yield from _undecided(case, laws)
    yield from _refuted(case)
    yield from zeros(case.problem, case.tallies, case.probes)
    if coarse := tuple(_coarse(case)):
        kinds = sorted({str(np.asarray(case.claims[name]).dtype) for name in coarse})
        yield Fact(code="CHK01", parameters=coarse, evidence=(f"claimed as {' and '.join(kinds)}",))


def _swept(case: Case, tally: Tally) -> sweeping.Law | None:
    """Sweep a parameter's most telling entry; None where there is none or it is right."""
    telling = tally.telling()
    if telling is None or not np.isfinite(telling.claimed):
        return None
    probe = case.probes[telling.probe]
    value, entry = probe.parameters[tally.name], np.array([telling.entry])
    moves = entry_moves(tally.name, entry, value, complex_step=False)
    found, law = _law(case, probe, moves, telling.claimed, telling.size)
    index = tuple(int(i) for i in np.unravel_index(telling.entry, tally.shape))
    if telling.verdict == "wrong":
        _refuse_if_right(tally.name, index, telling, found)
    tally.sweep = Sweep(
        probe=telling.probe,
        index=index,
        law=law.name,
        steps=tuple(found.steps.tolist()),
        gaps=tuple(found.gap.tolist()),
        sides=tuple(found.sides.tolist()),
    )
    return law


def _law(
    case: Case, probe: Probe, moves: Moves, slope: float, size: float
) -> tuple[sweeping.Sweep, sweeping.Law]:
    lines = case.evaluator.lines(probe, moves)
    noise = case.evaluator.noise_of(probe, moves)
    found = sweeping.sweep(lines, float(moves.scale[0]), slope, noise)
    return found, sweeping.law(found, size)


def _refuse_if_right(
    name: str, index: tuple[int, ...], telling: Telling, found: sweeping.Sweep
) -> None:
    """Raise InternalError where two steps in a row give what is claimed, not what we say.

    Not if smaller steps say otherwise, or the two sides do: that is a kink nearby.
    """
    apart = abs(telling.claimed - telling.numeric)
    close = (np.maximum(found.gap, found.floor) < apart / 10) & (found.sides < apart)
    against = (found.gap > apart / 2) & (found.floor < apart / 10)
    agreed = np.flatnonzero(close[1:] & close[:-1])
    if len(agreed) and not against[agreed[-1] :].any():
        raise InternalError(
            f"{name}: at {list(index)} the gradient is {telling.numeric:.17g} by our reckoning, "
            f"but differences agree with the claim, {telling.claimed:.17g}; this is a defect of "
            "gradcheck, please report it with this config"
        )


def told(law: sweeping.Law) -> str:
    """Say what a law means for the slope that it was found for."""
    return LAWS[law.name].format(gap=law.gap, sides=law.sides, first=law.first, last=law.last)


def _undecided(case: Case, laws: Mapping[str, sweeping.Law | None]) -> Iterator[Fact]:
    """Yield a fact for every reason for which parameters are undecided."""
    groups: dict[str, list[Tally]] = {}
    for tally in case.tallies.values():
        # Where an oracle is refuted that is the reason, and told by itself.
        if tally.reason in CODES:
            groups.setdefault(tally.reason, []).append(tally)
    for reason, tallies in groups.items():
        lines = [_line(tally, laws[tally.name]) for tally in tallies[:SHOWN]]
        if reason == "kink":
            lines += _kinks(case, tallies)
        names = tuple(tally.name for tally in tallies)
        yield Fact(code=CODES[reason], parameters=names, evidence=tuple(filter(None, lines)))


def _line(tally: Tally, law: sweeping.Law | None) -> str:
    telling = tally.telling()
    if telling is None or law is None:
        return ""
    index = [int(i) for i in np.unravel_index(telling.entry, tally.shape)]
    where = f"{tally.name}{index if index else ''} is {telling.claimed:.6g}"
    return f"{where}, known to ± {telling.bar:.1g}: {told(law)}"


def _kinks(case: Case, tallies: Sequence[Tally]) -> Iterator[str]:
    """Name the elements that sit on a kink where parameters are undecided."""
    probes = dict.fromkeys(t.probe for tally in tallies if (t := tally.telling()) is not None)
    touching = {None, *(tally.name for tally in tallies)}
    for probe in probes:
        kinks = [k for k in case.kinks(case.probes[probe]) if k.parameter in touching]
        shown = ", ".join(f"{kink.node}{list(kink.index)}" for kink in kinks[:SHOWN])
        more = f" and {len(kinks) - SHOWN} more" if len(kinks) > SHOWN else ""
        if kinks:
            yield f"on a kink at the {probe} point, sample first: {shown}{more}"


def _refuted(case: Case) -> Iterator[Fact]:
    """Yield a fact where complex step and differences disagree about a direction."""
    names, lines = [], []
    for name, trust in case.trusts.items():
        if trust.line is None or trust.probe is None:
            continue
        _, law = _law(case, trust.probe, trust.line, trust.slope, abs(trust.slope))
        names.append(name)
        lines.append(
            f"{name}: along a random direction at the {trust.probe.name} point the complex step "
            f"gives {trust.slope:.6g}; {told(law)}"
        )
    if names:
        lines.append(
            "so nothing is decided, for the complex step alone was asked for"
            if any(case.trusts[name].contradicted for name in names)
            else "so differences decide alone"
        )
        yield Fact(code="CHK16", parameters=tuple(names), evidence=tuple(lines))


def _coarse(case: Case) -> Iterator[str]:
    """Yield the parameters whose claims were made in less than double precision."""
    for name in case.tallies:
        if epsilon_of(np.asarray(case.claims[name])) > EPS:
            yield name
