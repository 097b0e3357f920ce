"""One check in progress: what it is about, and what is known so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zlib import crc32

from gradcheck.chance import Chance
from gradcheck.problem import Claims, Fact, Kink, Probe, Problem
from gradcheck.referee.account import OutOfBudget
from gradcheck.referee.audit import Trust
from gradcheck.referee.blocks import Spread
from gradcheck.referee.estimates import Station
from gradcheck.referee.evaluator import Evaluator
from gradcheck.referee.judge import zero_below
from gradcheck.referee.kinks import sides_tried
from gradcheck.referee.omissions import Omissions
from gradcheck.referee.tally import Tally
from gradcheck.settings import Settings


@dataclass(kw_only=True, eq=False, repr=False)
class Run:
    """A check of the parameters `names`, which begins at the user's `own` point."""

    problem: Problem
    settings: Settings
    evaluator: Evaluator
    own: Probe
    names: tuple[str, ...]
    tallies: dict[str, Tally]
    trusts: dict[str, Trust] = field(default_factory=dict)
    kinked: dict[int, Sequence[Kink]] = field(default_factory=dict)
    places: dict[int, tuple[int, int]] = field(default_factory=dict)
    spread: Spread | None = None
    omissions: Omissions = field(default_factory=Omissions)
    points: dict[str, Probe] = field(default_factory=dict)
    """Where something was checked."""
    claims: dict[str, Claims] = field(default_factory=dict)
    """What is claimed at the probes, by their names; only at the own one if code can't remember."""
    loose: set[str] = field(default_factory=set)
    """Parameters whose claims are not a function of the point."""
    facts: list[Fact] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    factor: float = 1.0

    def kinks(self, probe: Probe) -> Sequence[Kink]:
        """Return a probe's kinks, found once."""
        if id(probe) not in self.kinked:
            self.kinked[id(probe)] = self.evaluator.kinks(probe)
        return self.kinked[id(probe)]

    @property
    def by_size(self) -> list[str]:
        """The parameters, small ones first: what these leave of their share goes to large ones."""
        return sorted(self.names, key=lambda name: self.tallies[name].verdicts.size)

    def station(self, probe: Probe, name: str, number: int, limit: int) -> Station:
        """Return what it takes to differentiate by a parameter at probe `number`.

        All of the parameter may take `limit` evaluations, in full mode.
        """
        kinks = self.kinks(probe)
        return Station(
            evaluator=self.evaluator,
            probe=probe,
            kinks=kinks,
            rng=Chance([self.settings.seed, number, crc32(name.encode())]),
            limit=limit // (1 + sides_tried(kinks, name)) if self.settings.mode == "full" else 0,
            place=self.places[id(probe)],
            spread=self.spread,
        )


def negligible(evaluator: Evaluator, probe: Probe, name: str) -> float:
    """Return a gradient of a parameter that is too small to be told from zero.

    Any may be where the budget does not allow to find out.
    """
    try:
        return zero_below(evaluator.magnitude(probe, name), probe.parameters[name])
    except OutOfBudget:
        return float("inf")
