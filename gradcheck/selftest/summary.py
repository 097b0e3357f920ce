"""What a self-test adds up to: the matrix of faults, the groups that look alike, the pairs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from gradcheck.fault import Fault
from gradcheck.record import record
from gradcheck.selftest.trials import Trial

ALONE = 0.75
"""The share of single faults that must be the only explanation of their gradients."""

PAIRS_NAMED = 0.97
PAIRS_LISTED = 0.90
"""The shares of pairs that must be explained at all, and by the pair that was planted."""


@record
class Row:
    """One fault over all networks: the ways to make it that change a gradient, and their fate."""

    fault: Fault
    networks: int
    ways: int
    equivalent: int
    detected: int
    named: int
    alone: int

    @property
    def passed(self) -> bool:
        return self.detected == self.named == self.ways > 0


@record
class Summary:
    """The whole self-test; `silent` counts right networks with nothing above a note."""

    rows: tuple[Row, ...]
    groups: tuple[tuple[str, ...], ...]
    pairs: int
    pairs_named: int
    pairs_listed: int
    accused: tuple[str, ...]
    networks: int
    silent: int

    @property
    def ways(self) -> int:
        return sum(row.ways for row in self.rows)

    @property
    def alone(self) -> int:
        return sum(row.alone for row in self.rows)

    @property
    def failures(self) -> tuple[str, ...]:
        """What is not as it has to be, in words."""
        found = [
            f"{row.fault.code}: {row.detected} detected and {row.named} named of {row.ways}"
            for row in self.rows
            if not row.passed
        ]
        found += [f"accused although right: {text}" for text in self.accused]
        if self.silent < self.networks:
            found.append(f"only {self.silent} of {self.networks} right networks are silent")
        if self.alone < ALONE * self.ways:
            found.append(f"only {self.alone} of {self.ways} single faults are alone")
        if self.pairs_named < PAIRS_NAMED * self.pairs:
            found.append(f"only {self.pairs_named} of {self.pairs} pairs are explained")
        if self.pairs_listed < PAIRS_LISTED * self.pairs:
            found.append(f"only {self.pairs_listed} of {self.pairs} pairs are named as planted")
        return tuple(found)


def summarize(
    faults: Sequence[Fault],
    singles: Sequence[Trial],
    pairs: Sequence[Trial],
    networks: int,
    silent: int,
) -> Summary:
    """Add up trials."""
    return Summary(
        rows=tuple(_row(fault, singles) for fault in faults),
        groups=tuple(sorted(set(_groups(singles)))),
        pairs=len(pairs),
        pairs_named=sum(trial.found for trial in pairs),
        pairs_listed=sum(trial.listed for trial in pairs),
        accused=tuple(
            f"{', '.join(trial.accused)} in {trial.network}, with {' and '.join(trial.codes)}"
            for trial in (*singles, *pairs)
            if trial.accused
        ),
        networks=networks,
        silent=silent,
    )


def _row(fault: Fault, trials: Iterable[Trial]) -> Row:
    own = [trial for trial in trials if trial.planted[0].fault is fault]
    felt = [trial for trial in own if not trial.equivalent]
    return Row(
        fault=fault,
        networks=len({trial.network for trial in felt}),
        ways=len(felt),
        equivalent=len(own) - len(felt),
        detected=sum(trial.detected for trial in felt),
        named=sum(trial.found for trial in felt),
        alone=sum(trial.alone for trial in felt),
    )


def _groups(trials: Iterable[Trial]) -> Iterator[tuple[str, ...]]:
    """Yield the codes of faults that gave the same gradients somewhere."""
    for trial in trials:
        codes = Counter(code for codes in trial.named if len(codes) == 1 for code in codes)
        codes.update(trial.codes)
        if trial.found and len(codes) > 1:
            yield tuple(sorted(codes))


def lines(summary: Summary) -> Iterator[str]:
    """Write a summary for the terminal."""
    yield "fault  networks  ways  detected  named  alone  no effect"
    for row in summary.rows:
        yield (
            f"{row.fault.code:7}{row.networks:8}{row.ways:6}{row.detected:10}{row.named:7}"
            f"{row.alone:7}{row.equivalent:11}"
        )
    yield ""
    yield f"{summary.ways} single faults, {summary.alone} of them the only explanation"
    for group in summary.groups:
        yield f"  the same gradients: {', '.join(group)}"
    yield (
        f"{summary.pairs} pairs, {summary.pairs_named} explained, "
        f"{summary.pairs_listed} by the pair that was planted"
    )
    yield f"{summary.networks} right networks, {summary.silent} with nothing above a note"
    for failure in summary.failures:
        yield f"failed: {failure}"
