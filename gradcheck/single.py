"""One problem's way: from a document of a config to its report."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config.load import Loaded, Loader
from gradcheck.config.opening import Document, Failed
from gradcheck.diagnose.omissions import without_bias
from gradcheck.errors import ConfigError, GradcheckError, NumericError
from gradcheck.expectation import judged
from gradcheck.problem import Problem
from gradcheck.reads import UNKEPT, depends, reading
from gradcheck.referee import Clock, Outcome, Spread, check
from gradcheck.report import (
    Check,
    Descent,
    Finding,
    Location,
    Pictures,
    ProblemReport,
    ProblemVerdict,
)
from gradcheck.request import Progress, Request, Target
from gradcheck.settings import Settings

BLIND = "CHK18"
"""The code of a check that sees less than was asked for."""

OUT_OF_MEMORY = "there was not enough memory for this check; make the network or the batch smaller"


def open_document(document: Document | Failed, request: Request) -> Loaded | Failed:
    if isinstance(document, Failed):
        return document
    loader = Loader(
        ops=OPS, faults=FAULTS, policy=request.policy, seed=request.seed, base=request.base
    )
    with reading() as files:
        loaded = loader.open(document)
    return replace(loaded, files=frozenset(files)) if isinstance(loaded, Loaded) else loaded


def report_of(
    loaded: Loaded | Failed,
    target: Target,
    request: Request,
    progress: Progress,
    clock: Clock | None,
    spread: Spread | None = None,
) -> ProblemReport:
    if isinstance(loaded, Failed):
        report = failure(loaded.name, target, loaded.error, request.seed or 0)
        return judged(report, loaded.expectation) if request.expect else report
    settings = effective(loaded.settings, request)
    with loaded.stack, reading() as files:
        files |= loaded.files | ({UNKEPT} if settings.allowed.seconds is not None else set())
        try:
            settings, blind = _sighted(loaded, settings)
            outcome = check(
                loaded.problem,
                settings,
                lambda share: progress(loaded.problem.name, share),
                clock=clock,
                spread=spread,
            )
            report = _report(loaded, settings, outcome, blind)
            report = replace(_excused(report, loaded, request), files=depends(files))
        except (GradcheckError, MemoryError) as error:
            told = error if isinstance(error, GradcheckError) else NumericError(OUT_OF_MEMORY)
            report = replace(
                failure(loaded.problem.name, target, told, settings.seed), mode=settings.mode
            )
    return judged(report, loaded.expectation) if request.expect else report


def effective(settings: Settings, request: Request) -> Settings:
    """Return a config's settings with those of the command line in their place."""
    given: dict[str, Any] = {
        f.name: value
        for f in fields(Settings)
        if (value := getattr(request, f.name, None)) not in (None, ())
    }
    return replace(settings, **given)


def failure(name: str, target: Target, error: GradcheckError, seed: int) -> ProblemReport:
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


def _excused(report: ProblemReport, loaded: Loaded, request: Request) -> ProblemReport:
    """Leave out what is not asked for, and what the config's comments accept."""
    found = report
    if report.findings and (request.select or request.ignore):
        from gradcheck.acceptance import chosen

        found = chosen(found, request.select, request.ignore)
    if "gradcheck:" in loaded.text:
        from gradcheck.acceptance import Passage, accepted

        # The document ends where the next one is marked to begin.
        lines = loaded.text.splitlines()
        ends = (n for n, line in enumerate(lines) if n >= loaded.line and line.startswith("---"))
        last = next(ends, len(lines))
        passage = Passage(file=report.target, text=loaded.text, first=loaded.line, last=last)
        found = accepted(found, [passage], partly=bool(request.only))
    if found is report or report.verdict == "right":
        return found
    return replace(found, verdict=_overall(found.checks, found.findings))


def _sighted(loaded: Loaded, settings: Settings) -> tuple[Settings, tuple[Finding, ...]]:
    """Take as many points as show all that points can show, where a power is demanded."""
    if settings.power is None:
        return settings, ()
    from gradcheck.config.powers import power_of
    from gradcheck.findings.blindness import blindness

    faults = FAULTS.all()
    needed = power_of(loaded, faults, settings.points).needed
    power = power_of(loaded, faults, needed)
    return replace(settings, points=needed), tuple(blindness(power, settings.power))


def _report(
    loaded: Loaded, settings: Settings, outcome: Outcome, blind: tuple[Finding, ...]
) -> ProblemReport:
    problem = loaded.problem
    found = (*_findings(loaded, outcome), *_notices(problem, outcome), *blind)
    report = reported(problem, settings, outcome, found)
    report = replace(
        report, remarks=(*problem.remarks, *_remarks(settings, outcome), *outcome.remarks)
    )
    if report.pictures is not None:
        report = replace(
            report, pictures=replace(report.pictures, descent=_descent(loaded, outcome))
        )
    return _signed(report, loaded) if found else report


def reported(
    problem: Problem, settings: Settings, outcome: Outcome, found: tuple[Finding, ...]
) -> ProblemReport:
    """Report what a check of a problem has come to, and what was found out about it."""
    return ProblemReport(
        name=problem.name,
        target=problem.target,
        verdict=_overall(outcome.checks, found),
        mode=settings.mode,
        seed=settings.seed,
        entries_total=outcome.entries_total,
        entries_checked=outcome.entries_checked,
        evaluations=outcome.evaluations,
        audits=outcome.audits,
        probes=outcome.probes,
        remarks=(*problem.remarks, *outcome.remarks),
        checks=outcome.checks,
        findings=found,
        pictures=Pictures(portraits=outcome.portraits) if settings.pictures else None,
    )


def _descent(loaded: Loaded, outcome: Outcome) -> Descent | None:
    """Go down the claimed and the numeric gradient, where any claim is wrong."""
    from gradcheck.referee.descent import descent

    if all(check.verdict != "wrong" for check in outcome.checks):
        return None
    odd = {*outcome.missing, *outcome.misshapen, *loaded.network.inputs}
    return descent(loaded.problem, [c.parameter for c in outcome.checks if c.parameter not in odd])


def _signed(report: ProblemReport, loaded: Loaded) -> ProblemReport:
    from gradcheck.fingerprints import signed

    def text(place: Location) -> str | None:
        return loaded.text if place.file == report.target else None

    return signed(report, text)


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

        losses = [*OPS.all("losses").values()]
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


def _overall(checks: Iterable[Check], found: Sequence[Finding]) -> ProblemVerdict:
    """Return the verdict, which of a check that is too blind is not that all is right."""
    blind = any(f.code == BLIND and f.accepted is None for f in found)
    judged_as = verdict(checks, found)
    return "undecided" if blind and judged_as == "right" else judged_as


def verdict(checks: Iterable[Check], found: Iterable[Finding]) -> ProblemVerdict:
    """Return the verdict of a problem from those of its parameters; accepted ones don't count."""
    verdicts = {check.verdict for check in checks if check.accepted is None}
    counted = (finding for finding in found if finding.accepted is None)
    if "wrong" in verdicts or any(finding.level == "error" for finding in counted):
        return "wrong"
    return "undecided" if "undecided" in verdicts else "right"


def _remarks(settings: Settings, outcome: Outcome) -> Iterator[str]:
    if settings.rtol is not None:
        yield f"tolerance: differences below {settings.rtol:g} of the largest entry were passed"
    if settings.only and not outcome.checks:
        yield f"nothing was checked: no parameter matches {', '.join(settings.only)}"
