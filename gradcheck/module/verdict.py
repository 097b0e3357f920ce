"""The check of a subject: refereed, diagnosed as far as it can be recognised, and reported."""

from dataclasses import replace

import numpy as np

from gradcheck.catalogues import FAULTS, OPS
from gradcheck.diagnose.explanation import Diagnosis
from gradcheck.errors import GradcheckError
from gradcheck.findings import findings
from gradcheck.fingerprints import signed
from gradcheck.module.evidence import clues, told
from gradcheck.module.problem import problem_of
from gradcheck.module.recognition import recognised
from gradcheck.module.subject import Subject
from gradcheck.notices import notices
from gradcheck.problem import Problem
from gradcheck.referee import Outcome, check
from gradcheck.report import Finding, ProblemReport
from gradcheck.settings import Budget, Settings
from gradcheck.single import verdict

MOST, LEAST = 20_000, 600
"""Evaluations that a check may take at most, unless a budget is given: of small and large code."""

WORK = 10**7
"""Numbers that may be moved about in all evaluations together, above the least of these."""


def checked(subject: Subject, target: str, settings: Settings) -> ProblemReport:
    """Check a subject; what it does wrong itself is an error in the report.

    Without a budget it is one that keeps to seconds what is not too slow itself.
    """
    if settings.budget is None:
        size = sum(value.size for value in subject.about.own.parameters.values())
        count = max(LEAST, min(MOST, WORK // max(size, 1)))
        settings = replace(settings, budget=Budget(evaluations=count))
    try:
        with np.errstate(all="ignore"):
            problem = problem_of(subject, target, settings.seed)
            outcome = check(problem, settings)
            found = tuple(_findings(subject, problem, outcome))
    except GradcheckError as error:
        return failed(subject.about.name, target, error, settings)
    report = ProblemReport(
        name=problem.name,
        target=target,
        verdict=verdict(outcome.checks, found),
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
    )
    return signed(report, lambda location: None)


def failed(name: str, target: str, error: GradcheckError, settings: Settings) -> ProblemReport:
    """Report that a check could not be made."""
    return ProblemReport(
        name=name, target=target, verdict="error", message=str(error), mode=settings.mode,
        seed=settings.seed,
    )  # fmt: skip


def _findings(subject: Subject, problem: Problem, outcome: Outcome) -> list[Finding]:
    facts = (*problem.facts, *outcome.facts)
    noticed = notices(problem, facts, outcome.checks) if facts else []
    if all(check.verdict != "wrong" for check in outcome.checks):
        return [*findings(problem, outcome, Diagnosis()), *noticed]
    diagnosis = _diagnosed(subject, problem, outcome)
    found = list(findings(problem, outcome, diagnosis))
    if not diagnosis.blames:
        seen = clues(problem, outcome, subject.about)
        found = [_titled(told(finding, seen)) for finding in found]
    return [*found, *noticed]


def _titled(finding: Finding) -> Finding:
    """Give a finding the title of the fault that its code names."""
    fault = FAULTS.find(finding.code)
    if fault is None or finding.code.startswith("GRD"):
        return finding
    return replace(finding, title=fault.title, family=fault.family)


def _diagnosed(subject: Subject, problem: Problem, outcome: Outcome) -> Diagnosis:
    """Explain wrong claims by the faults of the layer that the forward pass is recognised as."""
    from gradcheck.diagnose.diagnosis import diagnose

    network = recognised(subject, outcome.points, [*OPS.all().values()])
    if network is None:
        return Diagnosis()
    return diagnose(network, problem, outcome, FAULTS.all(), ())
