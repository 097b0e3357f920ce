"""One check in progress: what it is about, and what is known so far."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from gradcheck.chance import Chance
from gradcheck.numeric.estimate import EPS
from gradcheck.problem import Claims, Effort, Fact, Kink, Part, Piece, Probe, Problem
from gradcheck.referee.account import OutOfBudget
from gradcheck.referee.audit import Trust
from gradcheck.referee.blocks import Portion, Spread
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

    def station(self, probe: Probe, name: str, number: int, shares: int) -> Station:
        """Return what it takes to differentiate by a parameter at probe `number`.

        All of it may take one of so many `shares` of what is left, not counting quick mode.
        """
        kinks, place, spread = self.kinks(probe), self.places[id(probe)], self.spread

        def elsewhere(pieces: Sequence[Piece]) -> Iterable[Part | None]:
            assert spread is not None
            return spread([Portion(place=place, piece=piece) for piece in pieces])

        return Station(
            evaluator=self.evaluator,
            probe=probe,
            kinks=kinks,
            rng=Chance([self.settings.seed, number, crc32(name.encode())]),
            effort=Effort(
                limit=self.by_structure // shares // (1 + sides_tried(kinks, name)),
                each=self.settings.mode == "exhaustive",
                elsewhere=elsewhere if spread else None,
            ),
            place=place,
            spread=spread,
        )

    @property
    def by_structure(self) -> int:
        """How many evaluations there may be to differentiate by whole parameters."""
        if self.settings.mode == "quick":
            return 0
        left = self.evaluator.account.left("structure")
        # What takes an evaluation for each entry must not begin without any notion of its pace.
        return (
            min(left, self.evaluator.account.left()) if self.settings.mode == "exhaustive" else left
        )


def negligible(evaluator: Evaluator, probe: Probe, name: str) -> float:
    """Return a gradient of a parameter that is too small to be told from zero in doubles.

    Any may be where the budget does not allow to find out.
    """
    try:
        magnitude = evaluator.magnitude(probe) * (EPS / evaluator.problem.epsilon)
        return zero_below(magnitude, probe.parameters[name])
    except OutOfBudget:
        return float("inf")
