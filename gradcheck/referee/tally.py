"""A parameter's entries over all probes, and the check that they add up to."""

from dataclasses import dataclass, field

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.numeric import evidence
from gradcheck.record import record
from gradcheck.referee.estimates import Numeric
from gradcheck.referee.judge import RIGHT, UNCHECKED, UNDECIDED, WRONG, Judged
from gradcheck.report import Check, Sweep, Verdict, Worst


@record
class Telling:
    """The entry (flat) that shows best why a parameter is not right, with what is known of it.

    `size` is that of the largest entry of the whole gradient.
    """

    verdict: Verdict
    probe: str
    entry: int
    claimed: float
    numeric: float
    bar: float
    size: float


@record
class Look:
    """What one probe showed of the parameter."""

    probe: str
    entries: Array
    claimed: Array
    numeric: Array
    judged: Judged
    picked: bool
    """Whether these entries were picked because they are wrong, and so speak for no others."""

    @property
    def severity(self) -> tuple[int, float]:
        """Order looks by how much they show: wrong ones first, by the worst difference in bars."""
        excess = excess_of(self.judged)
        return int((self.judged.verdict == WRONG).any()), float(np.max(excess, initial=0.0))


def excess_of(judged: Judged) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = judged.difference / judged.bar
    return np.where(judged.difference == 0, 0.0, ratio)


@dataclass(kw_only=True, eq=False, repr=False)
class Tally:
    """What is known about one parameter; an entry is right only if no probe shows it wrong."""

    name: str
    shape: Shape
    verdicts: Array = field(init=False)
    looks: list[Look] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    zero_at: list[str] = field(default_factory=list)
    """The probes at which the whole gradient is zero but for rounding."""
    directions: int = 0
    unsettled: bool = False
    """Whether the budget forbade to look again at something suspicious."""
    off_direction: str | None = None
    sweep: Sweep | None = None

    def __post_init__(self) -> None:
        self.verdicts = np.zeros(int(np.prod(self.shape)), dtype=np.int8)

    def add(
        self, probe: str, numeric: Numeric, claimed: Array, judged: Judged, *, picked: bool = False
    ) -> None:
        """Take in what one probe showed, perhaps of entries `picked` because they are wrong."""
        known, new = self.verdicts[numeric.entries], judged.verdict
        better = (new == WRONG) | (known == UNCHECKED) | ((known == UNDECIDED) & (new == RIGHT))
        self.verdicts[numeric.entries] = np.where(better, new, known)
        self.methods.append(numeric.method)
        self.looks.append(
            Look(
                probe=probe,
                entries=numeric.entries,
                claimed=claimed,
                numeric=numeric.value,
                judged=judged,
                picked=picked,
            )
        )

    @property
    def verdict(self) -> Verdict:
        if (self.verdicts == WRONG).any() or self.off_direction:
            return "wrong"
        settled = not self.unsettled and not (self.verdicts == UNDECIDED).any()
        if not settled or not (self.verdicts == RIGHT).any():
            return "undecided"
        return "right"

    def check(self, accepted: str | None) -> Check:
        """Sum up."""
        wrong = self.verdicts == WRONG
        fields: dict[str, object] = {}
        if self.looks:
            look = max(self.looks, key=lambda look: look.severity)
            fields = _figures(look, self.shape)
        if wrong.any():
            checked = self.verdicts != UNCHECKED
            fields |= {"heat": evidence.heat(wrong, checked), "pattern": self._pattern(wrong)}
        return Check(
            parameter=self.name,
            shape=self.shape,
            verdict=self.verdict,
            reason=self.off_direction
            if self.verdict == "wrong" and not wrong.any()
            else self.reason,
            wrong_entries=int(wrong.sum()),
            entries=self.verdicts.size,
            entries_checked=int((self.verdicts != UNCHECKED).sum()),
            directions=self.directions,
            method=_method(self.methods),
            accepted=accepted,
            wrong_at=self.wrong_at,
            sweep=self.sweep,
            **fields,  # type: ignore[arg-type]
        )

    def _pattern(self, wrong: Array) -> str:
        checked = int((self.verdicts != UNCHECKED).sum())
        if checked == wrong.size:
            return evidence.pattern(wrong.reshape(self.shape), self.shape)
        count = int(wrong.sum())
        return (
            f"{count} of the {checked} entries checked"
            if count < checked
            else (f"every one of the {checked} entries checked")
        )

    @property
    def reason(self) -> str | None:
        """Why the parameter is undecided, if it is."""
        if self.verdict != "undecided":
            return None
        look = next(filter(self._open, self.looks), None)
        if look is not None:
            return look.judged.reason
        return "budget" if self.unsettled or not self.looks else "unreachable"

    @property
    def wrong_at(self) -> tuple[str, ...]:
        """The probes that show a wrong entry."""
        return tuple(
            dict.fromkeys(look.probe for look in self.looks if (look.judged.verdict == WRONG).any())
        )

    def telling(self) -> Telling | None:
        """Return the worst entry of those that are wrong, or else of those that are undecided."""
        code = {"wrong": WRONG, "undecided": UNDECIDED}.get(self.verdict, UNCHECKED)
        looks = self.looks if code == WRONG else filter(self._open, self.looks)
        look = max(looks, key=lambda look: look.severity, default=None)
        if look is None or not (look.judged.verdict == code).any():
            return None
        # Undecided entries may be off by nothing; then the largest bar shows why.
        excess = excess_of(look.judged)
        if code == UNDECIDED and not excess.any():
            excess = look.judged.bar
        worst = int(np.argmax(np.where(look.judged.verdict == code, excess, -np.inf)))
        return Telling(
            verdict=self.verdict,
            probe=look.probe,
            entry=int(look.entries[worst]),
            claimed=float(look.claimed[worst]),
            numeric=float(look.numeric[worst]),
            bar=float(look.judged.bar[worst]),
            size=look.judged.scale,
        )

    def _open(self, look: Look) -> bool:
        """Tell whether a look left entries undecided that no other one decided."""
        left = (look.judged.verdict == UNDECIDED) & (self.verdicts[look.entries] == UNDECIDED)
        return bool(left.any())


def _method(methods: list[str]) -> str:
    return " and ".join(sorted(set(methods))) if methods else ""


def _figures(look: Look, shape: Shape) -> dict[str, object]:
    excess = excess_of(look.judged)
    worst = int(np.argmax(excess))
    nothing = evidence.Evidence(relative=None, ratio=None, cosine=None)
    compared = nothing if look.picked else evidence.compare(look.claimed, look.numeric)
    index = np.unravel_index(int(look.entries[worst]), shape)
    return {
        "difference": float(look.judged.difference[worst]),
        "bar": float(look.judged.bar[worst]),
        "relative": compared.relative,
        "ratio": compared.ratio,
        "cosine": compared.cosine,
        "worst": Worst(
            index=tuple(int(i) for i in index),
            probe=look.probe,
            claimed=float(look.claimed[worst]),
            numeric=float(look.numeric[worst]),
            bar=float(look.judged.bar[worst]),
        ),
    }
