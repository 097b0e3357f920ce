"""The check of a subject: refereed, diagnosed as far as it can be recognised, and reported."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np

from gradcheck.catalogues import FAULTS, OPS
from gradcheck.diagnose.explanation import Diagnosis
from gradcheck.errors import GradcheckError
from gradcheck.findings import findings
from gradcheck.fingerprints import signed
from gradcheck.module.evidence import clues, told
from gradcheck.module.losses import plain, recognised_loss
from gradcheck.module.problem import problem_of
from gradcheck.module.recognition import recognised
from gradcheck.module.subject import Moved, Subject
from gradcheck.notices import notices
from gradcheck.problem import Problem
from gradcheck.referee import Outcome, check
from gradcheck.report import Finding, ProblemReport
from gradcheck.settings import Budget, Settings
from gradcheck.single import reported

MOST, LEAST, EACH = 20_000, 450, 50
"""Evaluations that a check may take at most unless a budget is given; at least so many, and more
for each parameter: an audit and a random direction, with looks at what seems wrong."""

WORK = 10**7
"""Numbers that may be moved about in all evaluations together, above the least of these."""

PATIENCE = 10.0
"""Seconds that evaluations may take together, above the least of these, as the first ones went."""

TRIES = 3
"""Evaluations of which the fastest shows the pace."""


def checked(subject: Subject, target: str, settings: Settings, larger: str) -> ProblemReport:
    """Check a subject; what it does wrong itself is an error in the report.

    Without a budget it is one that keeps to seconds what is not too slow itself; `larger` says how
    a larger one is asked for.
    """
    try:
        with np.errstate(all="ignore"):
            settings = _bounded(subject, settings)
            problem = problem_of(subject, target, settings.seed, larger)
            outcome = check(problem, settings)
            found = tuple(_findings(subject, problem, outcome))
    except GradcheckError as error:
        return failed(subject.about.name, target, error, settings)
    report = reported(problem, settings, outcome, found)
    return signed(report, lambda location: None)


def _bounded(subject: Subject, settings: Settings) -> Settings:
    """Give a full check a budget, unless it has one, by how large the code is and how slow."""
    if settings.budget is not None or settings.mode != "full":
        return settings
    parameters = subject.about.own.parameters
    size = sum(value.size for value in parameters.values())
    wanted = min(MOST, WORK // max(size, 1), _in_time(subject))
    count = max(LEAST + EACH * len(parameters), wanted)
    return replace(settings, budget=Budget(evaluations=count))


def _in_time(subject: Subject) -> int:
    """Return how many evaluations there is patience for: a power of two, to be the same again."""
    own = subject.about.own
    name, value = next(iter(own.parameters.items()))
    moved = Moved(parameter=name, values=value[None])
    pace = min(_seconds(lambda: subject.losses(own, moved)) for _ in range(TRIES))
    return int(2 ** np.floor(np.log2(max(1.0, PATIENCE / max(pace, PATIENCE / MOST**2)))))


def _seconds(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


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
    """Explain wrong claims by the faults of what the code is recognised as, a layer or a loss."""
    from gradcheck.diagnose.diagnosis import diagnose

    ops = [*OPS.all().values()]
    network = recognised(subject, outcome.points, ops)
    if network is None:
        network = recognised_loss(subject, outcome.points, ops)
        if network is None:
            return Diagnosis()
        problem, outcome = plain(problem, outcome)
    return diagnose(network, problem, outcome, FAULTS.all(), ())
