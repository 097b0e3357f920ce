"""Baselines: what is known to be wrong, so that only what is new fails.

A baseline holds, for each problem, the fingerprints of its findings, and the verdict and quality of
each parameter. The quality is the decade of the difference in units of its bar; whatever is below a
tenth of the bar counts as a tenth, for there it is rounding that makes the difference. Targets are
kept relative to the folder of the baseline.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from math import floor, inf, isfinite, log10
from pathlib import Path
from typing import Any

from gradcheck.errors import BaselineError
from gradcheck.record import altered, record
from gradcheck.report import Check, Finding, ProblemReport, Report

VERSION = 1
LEAST = 0.1
"""Differences below this fraction of the bar are not told apart."""

STALE = "run gradcheck baseline prune"


@record
class Quality:
    """How a parameter fared: its verdict, and the decade of its difference in bars."""

    verdict: str
    decade: int


@record
class Known:
    """One problem as it was when the baseline was made; `findings` are by fingerprint."""

    target: str
    name: str
    findings: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Quality] = field(default_factory=dict)


@record
class Baseline:
    """What is known, by target and name; `folder` is what targets are relative to."""

    folder: Path
    problems: Mapping[tuple[str, str], Known]

    def find(self, report: ProblemReport) -> Known | None:
        return self.problems.get(_key(report, self.folder))


def taken(report: Report, folder: Path) -> Baseline:
    """Make a baseline of a report; problems that could not be checked are left out."""
    known = [_taken(problem, folder) for problem in report.problems if problem.verdict != "error"]
    return Baseline(folder=folder, problems={(k.target, k.name): k for k in known})


def _taken(problem: ProblemReport, folder: Path) -> Known:
    target, name = _key(problem, folder)
    counted = [finding for finding in problem.findings if finding.accepted is None]
    return Known(
        target=target,
        name=name,
        findings={finding.fingerprint: _said(finding) for finding in counted},
        parameters={c.parameter: _quality(c) for c in problem.checks if c.accepted is None},
    )


def _key(problem: ProblemReport, folder: Path) -> tuple[str, str]:
    if problem.target == "-":
        return "-", problem.name
    return Path(os.path.relpath(problem.target, folder)).as_posix(), problem.name


def _said(finding: Finding) -> str:
    names = f": {', '.join(finding.parameters)}" if finding.parameters else ""
    return f"{finding.level}[{finding.code}] {finding.title}{names}"


def _quality(check: Check) -> Quality:
    return Quality(verdict=check.verdict, decade=decade(check))


def decade(check: Check) -> int:
    """Return the decade of a difference in units of its bar; that of a missing one is the least.

    What is not finite has the decade that no number reaches.
    """
    if check.difference is None or check.bar is None:
        return floor(log10(LEAST))
    excess = check.difference / check.bar if check.bar else (inf if check.difference else 0.0)
    return floor(log10(max(excess, LEAST))) if isfinite(excess) else 999


def compared(
    report: Report, baseline: Baseline, *, partly: bool = False, whole: bool = True
) -> Report:
    """Hold a report against a baseline; `partly` where not all parameters were to be checked.

    If the report is the `whole`, not a shard, it also has the problems whose files are gone and
    that are still in the baseline.
    """
    problems = [
        _compared(problem, known, partly=partly) if (known := baseline.find(problem)) else problem
        for problem in report.problems
    ]
    return replace(report, problems=(*problems, *(_gone(report, baseline) if whole else ())))


def _compared(problem: ProblemReport, known: Known, *, partly: bool) -> ProblemReport:
    if problem.verdict == "error":
        return problem
    findings = tuple(altered(f, known=f.fingerprint in known.findings) for f in problem.findings)
    regressions = (*_worse(problem, known), *_stale(problem, known, partly=partly))
    return replace(
        problem,
        findings=findings,
        regressions=regressions,
        held=not regressions and all(f.known or f.level != "error" for f in findings)
        and all(_accounted(check, known) for check in problem.checks),
    )  # fmt: skip


def _accounted(check: Check, known: Known) -> bool:
    """Tell whether a parameter is no worse than it was: right, undecided, wrong, in this order."""
    if check.verdict == "right" or check.accepted is not None:
        return True
    before = known.parameters.get(check.parameter)
    return before is not None and before.verdict in {check.verdict, "wrong"}


def _worse(problem: ProblemReport, known: Known) -> Iterator[str]:
    """Tell of parameters whose verdict or quality is worse, where no new finding does."""
    told = {
        name
        for finding in problem.findings
        if finding.fingerprint not in known.findings and finding.level == "error"
        for name in finding.parameters
    }
    for check in problem.checks:
        before = known.parameters.get(check.parameter)
        if before is None or check.accepted is not None or check.parameter in told:
            continue
        if check.verdict == "wrong" != before.verdict:
            yield f"{check.parameter} is wrong; in the baseline it is {before.verdict}"
        elif decade(check) > before.decade + 1:
            yield (
                f"{check.parameter} is off by 1e{decade(check)} bars and more; in the baseline "
                f"by less than 1e{before.decade + 1}"
            )


def _stale(problem: ProblemReport, known: Known, *, partly: bool) -> Iterator[str]:
    if partly:
        return
    found = {finding.fingerprint for finding in problem.findings}
    for fingerprint, said in known.findings.items():
        if fingerprint not in found:
            yield f"in the baseline, but not found any more: {said}; {STALE}"


def _gone(report: Report, baseline: Baseline) -> Iterator[ProblemReport]:
    """Report the problems whose files are there no more, or whose files lack them now."""
    checked = {_key(problem, baseline.folder) for problem in report.problems}
    whole = {target for target, _ in checked}
    for key, known in baseline.problems.items():
        missing = known.target != "-" and not (baseline.folder / known.target).exists()
        if missing or (key not in checked and known.target in whole and not report.interrupted):
            yield ProblemReport(
                name=known.name,
                target=str(Path(os.path.relpath(baseline.folder / known.target))),
                verdict="right",
                held=False,
                regressions=(f"in the baseline, but there is no such problem any more; {STALE}",),
            )


def pruned(baseline: Baseline, report: Report) -> Baseline:
    """Return the baseline without what a report does not bear out any more; nothing is added."""
    found = {_key(p, baseline.folder): p for p in report.problems}
    gone = {_key(p, baseline.folder) for p in _gone(report, baseline)}
    kept = {key: known for key, known in baseline.problems.items() if key not in gone}
    return replace(
        baseline,
        problems={
            key: _pruned(known, found[key])
            if key in found and found[key].verdict != "error"
            else known
            for key, known in kept.items()
        },
    )


def _pruned(known: Known, problem: ProblemReport) -> Known:
    found = {finding.fingerprint for finding in problem.findings if finding.accepted is None}
    right = {check.parameter for check in problem.checks if check.verdict == "right"}
    better = {n for n, quality in known.parameters.items() if quality.verdict != "right"} & right
    return replace(
        known,
        findings={print_: said for print_, said in known.findings.items() if print_ in found},
        parameters={n: quality for n, quality in known.parameters.items() if n not in better},
    )


def written(baseline: Baseline) -> str:
    """Write a baseline as JSON, in an order of its own: same content, same bytes."""
    problems = [
        {
            "target": known.target,
            "name": known.name,
            "findings": dict(sorted(known.findings.items())),
            "parameters": {
                name: {"verdict": quality.verdict, "decade": quality.decade}
                for name, quality in sorted(known.parameters.items())
            },
        }
        for _, known in sorted(baseline.problems.items())
    ]
    return json.dumps({"version": VERSION, "problems": problems}, indent=2) + "\n"


def read(path: Path) -> Baseline:
    """Read a baseline; raises BaselineError where there is none in the file."""
    try:
        whole = json.loads(path.read_bytes())
        known = [*_known(whole)]
    except OSError as error:
        raise BaselineError(
            f"{str(path)!r} could not be read: {error.strerror}; "
            "'gradcheck baseline create' writes a baseline"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BaselineError(
            f"expected a baseline of version {VERSION}, as 'gradcheck baseline create' writes it, "
            f"found something else in {str(path)!r}"
        ) from None
    return Baseline(folder=path.parent, problems={(k.target, k.name): k for k in known})


def _known(whole: Any) -> Iterable[Known]:
    if whole["version"] != VERSION:
        raise ValueError
    for problem in whole["problems"]:
        yield Known(
            target=str(problem["target"]),
            name=str(problem["name"]),
            findings={str(key): str(said) for key, said in problem["findings"].items()},
            parameters={
                str(name): Quality(verdict=str(q["verdict"]), decade=int(q["decade"]))
                for name, q in problem["parameters"].items()
            },
        )
