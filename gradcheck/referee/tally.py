"""A parameter's entries over all probes, and the check that they add up to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gradcheck import report
from gradcheck.array import Array, Shape
from gradcheck.numeric import evidence
from gradcheck.numeric.evidence import Evidence
from gradcheck.record import record
from gradcheck.referee.glance import Worst
from gradcheck.referee.gradients import Numeric
from gradcheck.referee.judge import RIGHT, UNCHECKED, UNDECIDED, WRONG, Judged
from gradcheck.report import Check, Sweep, Verdict


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
class _Entry:
    """One entry (flat) that was judged: what was claimed and measured, and its difference."""

    place: int
    claimed: float
    numeric: float
    judged: Worst

    @staticmethod
    def of(judged: Worst, numeric: Numeric, claimed: Array) -> "_Entry":
        index = judged.index
        return _Entry(
            place=int(numeric.places(np.array(index))),
            claimed=float(claimed[index]),
            numeric=float(numeric.value[index]),
            judged=judged,
        )


@record
class Shown:
    """Entries of one probe as they were claimed, measured and judged."""

    numeric: Numeric
    claimed: Array
    verdict: Array


@record
class Look:
    """What one probe showed of the parameter: its worst entry, and the worst by verdict codes.

    `undecided` are the places of those entries. The `evidence` is None of entries that were picked
    because they are wrong, and so speak for no others. `factor` holds for all wrong ones, if there
    are several.
    """

    probe: str
    worst: _Entry
    telling: Mapping[int, _Entry]
    undecided: Array
    evidence: Evidence | None
    scale: float
    reason: str | None
    factor: float | None = None
    shown: Shown | None = None

    @property
    def wrong(self) -> bool:
        """Whether any entry is."""
        return WRONG in self.telling

    @property
    def severity(self) -> tuple[bool, float]:
        """Order looks by how much they show: wrong ones first, by the worst difference in bars."""
        return self.wrong, self.worst.judged.excess


@dataclass(kw_only=True, eq=False, repr=False)
class Tally:
    """What is known about one parameter; an entry is right only if no probe shows it wrong."""

    name: str
    shape: Shape
    pictured: bool = False
    """Whether looks keep all that was shown, for pictures."""
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
    _counts: Mapping[int, int] = field(init=False)
    """How many entries are not right, by verdict codes."""

    def __post_init__(self) -> None:
        self.verdicts = np.zeros(int(np.prod(self.shape)), dtype=np.int8)
        self._counts = {WRONG: 0, UNDECIDED: 0, UNCHECKED: self.verdicts.size}

    def add(
        self, probe: str, numeric: Numeric, claimed: Array, judged: Judged, *, picked: bool = False
    ) -> None:
        """Take in what one probe showed, perhaps of entries `picked` because they are wrong."""
        shown = Shown(numeric=numeric, claimed=claimed, verdict=judged.verdict)
        undecided = judged.verdict == UNDECIDED if UNDECIDED in judged.telling else []
        whole = None if picked else judged.evidence
        in_part = WRONG in judged.telling and not (whole and whole.exact)
        self._take(numeric, judged.verdict)
        self.methods.append(numeric.method)
        self.looks.append(
            Look(
                probe=probe,
                worst=_Entry.of(judged.worst, numeric, claimed),
                telling={k: _Entry.of(one, numeric, claimed) for k, one in judged.telling.items()},
                undecided=numeric.places(np.flatnonzero(undecided)),
                evidence=whole,
                scale=judged.scale,
                reason=judged.reason,
                factor=_factor(numeric, claimed, judged) if in_part else None,
                shown=shown if self.pictured else None,
            )
        )

    def _take(self, numeric: Numeric, new: Array) -> None:
        right = bool(new.min(initial=RIGHT) == new.max(initial=RIGHT) == RIGHT)
        if right and not any(self._counts.values()):
            return
        if numeric.entries is None and not self.looks:
            self.verdicts = new.astype(np.int8, copy=self.pictured)
        else:
            known = numeric.of(self.verdicts)
            better = (new == WRONG) | (known == UNCHECKED) | ((known == UNDECIDED) & (new == RIGHT))
            some = slice(None) if numeric.entries is None else numeric.entries
            self.verdicts[some] = np.where(better, new, known)
        if right and numeric.entries is None and not self.looks:
            self._counts = dict.fromkeys(self._counts, 0)
            return
        self._counts = {code: int(np.count_nonzero(self.verdicts == code)) for code in self._counts}

    @property
    def multiples(self) -> frozenset[float]:
        """The multiples of the gradient that wrong claims were shown to be, entry by entry."""
        shown = (look.evidence for look in self.looks if look.wrong)
        return frozenset(e.ratio for e in shown if e and e.exact and e.ratio is not None)

    @property
    def verdict(self) -> Verdict:
        if self.off_direction or self._counts[WRONG]:
            return "wrong"
        # With neither wrong nor undecided entries, those that are not unchecked are right.
        size = self.verdicts.size
        if self.unsettled or self._counts[UNDECIDED] or self._counts[UNCHECKED] == size:
            return "undecided"
        return "right"

    def check(self, accepted: str | None) -> Check:
        """Sum up."""
        verdict, count = self.verdict, self._counts[WRONG]
        fields: dict[str, object] = {}
        if self.looks:
            look = max(self.looks, key=lambda look: look.severity)
            fields = _figures(look, self.shape)
        if count:
            wrong, checked = self.verdicts == WRONG, self.verdicts != UNCHECKED
            fields |= {"heat": evidence.heat(wrong, checked), "pattern": self._pattern(wrong)}
        return Check(
            parameter=self.name,
            shape=self.shape,
            verdict=verdict,
            reason=self.off_direction if verdict == "wrong" and not count else self.reason,
            wrong_entries=count,
            entries=self.verdicts.size,
            entries_checked=self.verdicts.size - self._counts[UNCHECKED],
            directions=self.directions,
            method=_method(self.methods),
            accepted=accepted,
            wrong_at=self.wrong_at,
            sweep=self.sweep,
            **fields,  # type: ignore[arg-type]
        )

    def _pattern(self, wrong: Array) -> str:
        checked, count = wrong.size - self._counts[UNCHECKED], self._counts[WRONG]
        if count == checked == wrong.size:
            return evidence.pattern(wrong.reshape(self.shape), self.shape)
        if count == checked:
            return f"wrong in every one of the {checked} entries checked"
        told = f"wrong in {count} of the {checked} entries checked"
        if checked == wrong.size:
            where = evidence.pattern(wrong.reshape(self.shape), self.shape)
            told = f"{where} ({count} of {checked})"
        factors = {look.factor for look in self.looks if look.wrong}
        factor = factors.pop() if len(factors) == 1 else None
        if factor is None:
            return told
        return f"{told}, there exactly {factor:.9g} times the true gradient"

    @property
    def reason(self) -> str | None:
        """Why the parameter is undecided, if it is."""
        if self.verdict != "undecided":
            return None
        look = next(filter(self._open, self.looks), None)
        if look is not None:
            return look.reason
        return "budget" if self.unsettled or not self.looks else "unreachable"

    @property
    def wrong_at(self) -> tuple[str, ...]:
        """The probes that show a wrong entry."""
        return tuple(dict.fromkeys(look.probe for look in self.looks if look.wrong))

    def telling(self) -> Telling | None:
        """Return the worst entry of those that are wrong, or else of those that are undecided."""
        code = {"wrong": WRONG, "undecided": UNDECIDED}.get(self.verdict, UNCHECKED)
        looks = self.looks if code == WRONG else filter(self._open, self.looks)
        look = max(looks, key=lambda look: look.severity, default=None)
        if look is None or code not in look.telling:
            return None
        entry = look.telling[code]
        return Telling(
            verdict=self.verdict,
            probe=look.probe,
            entry=entry.place,
            claimed=entry.claimed,
            numeric=entry.numeric,
            bar=entry.judged.bar,
            size=look.scale,
        )

    def _open(self, look: Look) -> bool:
        """Tell whether a look left entries undecided that no other one decided."""
        return bool((self.verdicts[look.undecided] == UNDECIDED).any())


def _method(methods: list[str]) -> str:
    return " and ".join(sorted(set(methods))) if methods else ""


def _factor(numeric: Numeric, claimed: Array, judged: Judged) -> float | None:
    """Return the factor by which all wrong entries are off, and no others, if there is one."""
    wrong = judged.verdict == WRONG
    if not 1 < np.count_nonzero(wrong) < wrong.size:
        return None
    found = evidence.compare(claimed[wrong], numeric.value[:][wrong])
    return found.ratio if found.exact and found.ratio != 1 else None


def _figures(look: Look, shape: Shape) -> dict[str, object]:
    entry, index = look.worst, np.unravel_index(look.worst.place, shape)
    found: dict[str, object] = {
        "difference": entry.judged.difference,
        "bar": entry.judged.bar,
        "worst": report.Worst(
            index=tuple(int(i) for i in index),
            probe=look.probe,
            claimed=entry.claimed,
            numeric=entry.numeric,
            bar=entry.judged.bar,
        ),
    }
    if look.evidence is not None:
        found["relative"] = look.evidence.relative
        found["ratio"] = look.evidence.ratio
        found["cosine"] = look.evidence.cosine
    return found
