"""Shards: a run's targets dealt out to several machines, and their reports put together again.

Targets are dealt out like cards, in order, so that neighbours, which often take as long as each
other, go to different shards; to put the reports together is to take a target from each in turn.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest
from typing import TypeVar

from gradcheck.report import ProblemReport, Report, Shard

T = TypeVar("T")


def dealt(items: Sequence[T], shard: Shard) -> tuple[T, ...]:
    """Return the shard's share of the items."""
    return tuple(items[shard.index - 1 :: shard.count])


def merged(reports: Sequence[Report]) -> Report:
    """Put reports together: those of shards as one run has them, others one behind the other.

    Raises ValueError where shards are missing or do not belong together.
    """
    shards = [report.shard for report in reports if report.shard]
    if shards:
        counts = {shard.count for shard in shards}
        wanted = range(1, max(counts) + 1)
        if (
            len(counts) > 1
            or sorted(s.index for s in shards) != [*wanted]
            or len(shards) < len(reports)
        ):
            found = ", ".join(f"{s.index}/{s.count}" for s in shards)
            raise ValueError(f"expected every shard of one run, once; found {found}")
        reports = sorted(reports, key=lambda report: report.shard.index if report.shard else 0)
    problems = _in_turn(reports) if shards else (p for r in reports for p in r.problems)
    return Report(
        problems=tuple(problems),
        tool_version=reports[0].tool_version,
        remarks=tuple(dict.fromkeys(remark for report in reports for remark in report.remarks)),
        interrupted=any(report.interrupted for report in reports),
    )


def _in_turn(reports: Sequence[Report]) -> Iterator[ProblemReport]:
    """Yield the problems of a target from each report in turn."""
    decks = [
        [[*group] for _, group in groupby(report.problems, key=lambda problem: problem.target)]
        for report in reports
    ]
    for row in zip_longest(*decks, fillvalue=()):
        for target in row:
            yield from target
