"""What a config expects of its check, held against the report."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gradcheck.config.opening import Expectation
from gradcheck.report import ProblemReport


def judged(report: ProblemReport, expectation: Expectation) -> ProblemReport:
    """Hold a report against what its config expects."""
    differences = tuple(_unexpected(report, expectation))
    return replace(report, expected=not differences, unexpected=differences)


def _unexpected(report: ProblemReport, expectation: Expectation) -> Iterator[str]:
    if report.verdict != expectation.verdict:
        yield f"expected the verdict {expectation.verdict}, found {report.verdict}"
    if expectation.wrong is not None:
        wrong = {c.parameter for c in report.checks if c.verdict == "wrong" and c.accepted is None}
        yield from _sets("wrong", expectation.wrong, wrong)
    if expectation.codes is not None:
        errors = [f for f in report.findings if f.level == "error"]
        found = {f.code for f in errors}
        covered = found.union(*(f.alternatives for f in errors))
        missing = expectation.codes - covered
        extra = {f.code for f in errors if not expectation.codes & {f.code, *f.alternatives}}
        yield from _sets("found", expectation.codes & missing, set())
        yield from _sets("found", frozenset(), extra)


def _sets(what: str, wanted: Iterable[str], found: Iterable[str]) -> Iterator[str]:
    wanted, found = set(wanted), set(found)
    if wanted - found:
        yield f"expected to be {what}, but not: {', '.join(sorted(wanted - found))}"
    if found - wanted:
        yield f"{what}, but not expected: {', '.join(sorted(found - wanted))}"
