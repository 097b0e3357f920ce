"""The one use case: targets and settings in, a report out. Nothing here prints."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck import __version__
from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config.claims import Policy
from gradcheck.config.grammar import grammar
from gradcheck.config.load import Expectation, Failed, Loaded, Loader
from gradcheck.diagnose.omissions import without_bias
from gradcheck.errors import ConfigError, GradcheckError, NumericError
from gradcheck.problem import Problem
from gradcheck.record import record
from gradcheck.referee import Outcome, check
from gradcheck.report import (
    Check,
    Finding,
    Location,
    ProblemReport,
    ProblemVerdict,
    Report,
)
from gradcheck.settings import Settings

OUT_OF_MEMORY = "there was not enough memory for this check; make the network or the batch smaller"

Progress = Callable[[str, float], None]
"""Told the name of the problem under way and the share of it that is done."""


@record
class Target:
    """What the user named: a config's path, and the name under which reports speak of it."""

    path: Path
    name: str
    error: str | None = None
    """Why there is nothing to check here, where that is known beforehand."""


@record
class Request:
    """What a run is asked to do; settings that are None leave the config's own in force."""

    targets: Sequence[Target]
    policy: Policy = field(default_factory=Policy)
    mode: str | None = None
    method: str | None = None
    points: int | None = None
    seed: int | None = None
    budget: int | None = None
    rtol: float | None = None
    only: tuple[str, ...] = ()
    expect: bool = False
    fail_fast: bool = False
    remarks: tuple[str, ...] = ()


def _silent(name: str, share: float) -> None:
    """Take no notice of progress."""


def run(request: Request, progress: Progress = _silent) -> Report:
    """Check every target."""
    # What is not finite is looked for where it matters; NumPy's warnings would tell of it twice.
    with np.errstate(all="ignore"):
        problems = list(_problems(request, progress))
    return Report(problems=tuple(problems), tool_version=__version__, remarks=request.remarks)


def _problems(request: Request, progress: Progress) -> Iterator[ProblemReport]:
    loader = Loader(ops=OPS, faults=FAULTS, policy=request.policy, seed=request.seed)
    for target in request.targets:
        for loaded in _load(loader, target):
            report = _problem(loaded, target, request, progress)
            yield report
            if request.fail_fast and failed(report):
                return


def _load(loader: Loader, target: Target) -> list[Loaded | Failed]:
    if target.error is None:
        return loader.load(target.path, target.name)
    error = ConfigError(target.error, target.name)
    return [Failed(name=target.name, error=error, expectation=Expectation())]


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a config."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gradcheck config",
        **grammar(OPS).schema(),
    }


def failed(report: ProblemReport) -> bool:
    """Tell whether a problem is not as it should be: right, or as expected."""
    return report.verdict != "right" if report.expected is None else not report.expected


def _problem(
    loaded: Loaded | Failed, target: Target, request: Request, progress: Progress
) -> ProblemReport:
    if isinstance(loaded, Failed):
        report = _error(loaded.name, target, loaded.error, request.seed or 0)
        return _judged(report, loaded.expectation) if request.expect else report
    settings = effective(loaded.settings, request)
    with loaded.stack:
        try:
            outcome = check(
                loaded.problem, settings, lambda share: progress(loaded.problem.name, share)
            )
            report = _report(loaded, settings, outcome)
        except (GradcheckError, MemoryError) as error:
            told = error if isinstance(error, GradcheckError) else NumericError(OUT_OF_MEMORY)
            report = replace(
                _error(loaded.problem.name, target, told, settings.seed), mode=settings.mode
            )
    return _judged(report, loaded.expectation) if request.expect else report


def effective(settings: Settings, request: Request) -> Settings:
    """Return a config's settings with those of the command line in their place."""
    given: dict[str, Any] = {
        f.name: value
        for f in fields(Settings)
        if (value := getattr(request, f.name, None)) not in (None, ())
    }
    return replace(settings, **given)


def _error(name: str, target: Target, error: GradcheckError, seed: int) -> ProblemReport:
    location, message = None, str(error)
    if isinstance(error, ConfigError):
        message = error.message
        if error.line:
            location = Location(
                file=error.file,
                line=error.line,
                column=error.column,
                end_line=error.line,
                end_column=error.column,
            )
    return ProblemReport(
        name=name,
        target=target.name,
        verdict="error",
        message=message,
        location=location,
        seed=seed,
    )


def _report(loaded: Loaded, settings: Settings, outcome: Outcome) -> ProblemReport:
    problem = loaded.problem
    found = (*_findings(loaded, outcome), *_notices(problem, outcome))
    return ProblemReport(
        name=problem.name,
        target=problem.target,
        verdict=verdict(outcome.checks, found),
        mode=settings.mode,
        seed=settings.seed,
        entries_total=outcome.entries_total,
        entries_checked=outcome.entries_checked,
        evaluations=outcome.evaluations,
        audits=outcome.audits,
        probes=outcome.probes,
        remarks=(*problem.remarks, *_remarks(settings, outcome), *outcome.remarks),
        checks=outcome.checks,
        findings=found,
    )


def _findings(loaded: Loaded, outcome: Outcome) -> tuple[Finding, ...]:
    """Diagnose what is wrong, and say it."""
    # What a right problem does not need, diagnosis first, is not imported for it.
    wrong = any(check.verdict == "wrong" for check in outcome.checks)
    bare = without_bias(loaded.network)
    if not wrong and not loaded.problem.conventions and outcome.factor == 1 and not bare:
        return ()
    from gradcheck.diagnose.explanation import Diagnosis
    from gradcheck.findings import findings

    diagnosis = Diagnosis()
    if wrong:
        from gradcheck.diagnose.diagnosis import diagnose

        losses = [op for op in OPS.all().values() if op.kind == "loss"]
        diagnosis = diagnose(
            loaded.network, loaded.problem, outcome, FAULTS.all(), losses, loaded.formulas
        )
    return tuple(findings(loaded.problem, outcome, replace(diagnosis, without_bias=bare)))


def _notices(problem: Problem, outcome: Outcome) -> Sequence[Finding]:
    """Return what is to be said of the check itself; mostly nothing is."""
    facts = (*problem.facts, *outcome.facts)
    if not facts:
        return ()
    from gradcheck.notices import notices

    return notices(problem, facts, outcome.checks)


def verdict(checks: Iterable[Check], found: Iterable[Finding]) -> ProblemVerdict:
    """Return the verdict of a problem from those of its parameters; accepted ones don't count."""
    verdicts = {check.verdict for check in checks if check.accepted is None}
    if "wrong" in verdicts or any(finding.level == "error" for finding in found):
        return "wrong"
    return "undecided" if "undecided" in verdicts else "right"


def _remarks(settings: Settings, outcome: Outcome) -> Iterator[str]:
    if settings.rtol is not None:
        yield f"tolerance: differences below {settings.rtol:g} of the largest entry were passed"
    if settings.only and not outcome.checks:
        yield f"nothing was checked: no parameter matches {', '.join(settings.only)}"


def _judged(report: ProblemReport, expectation: Expectation) -> ProblemReport:
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
