"""Issues: what a report wants somebody to look at, one by one, for formats that are lists of it.

A problem that is wrong just as its config expects has none; one that is not as expected has one
issue, the difference. Else each finding that counts is an issue, and where none is as grave as the
verdict the verdict itself is another. What is worse than in the baseline is one issue.
"""

from collections.abc import Iterable, Iterator

from gradcheck.record import record
from gradcheck.report import LEVELS, Finding, Level, Location, ProblemReport, Report, settled
from gradcheck.reporters import _wording as wording

UNEXPLAINED = "GRD01"
PROBLEM_LEVELS: dict[str, Level] = {"error": "error", "wrong": "error", "undecided": "warning"}


@record
class Issue:
    """One thing to look at; `code` is that of a fault, or a word for what is none.

    These words are `error`, `undecided`, `unexpected` and `regression`. `details` are further
    lines of text.
    """

    code: str
    level: Level
    title: str
    message: str
    problem: ProblemReport
    location: Location | None
    finding: Finding | None = None
    details: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        return self.location.file if self.location else self.problem.target

    @property
    def told(self) -> str:
        """The whole message, which stands alone."""
        if self.message == self.title:
            return self.title
        return wording.visible(f"{self.title}: {self.message}")


def issues(report: Report) -> Iterator[Issue]:
    """Yield the issues of all problems, in order."""
    for problem in report.problems:
        yield from of_problem(problem)


def of_problem(problem: ProblemReport) -> Iterator[Issue]:
    """Yield the issues of one problem, its findings first."""
    if problem.expected:
        return
    if problem.expected is False:
        yield _whole(problem, "unexpected", "error", problem.unexpected)
        return
    counted = [finding for finding in problem.findings if not settled(finding)]
    for finding in counted:
        yield _of_finding(problem, finding)
    if problem.regressions:
        yield _whole(problem, "regression", "error", problem.regressions)
    elif wording.failing(problem) and not _said(problem, counted):
        code = UNEXPLAINED if problem.verdict == "wrong" else problem.verdict
        checks = (c for c in problem.checks if wording.state(c) == problem.verdict)
        accounts = tuple(map(wording.account, checks))
        yield _whole(problem, code, PROBLEM_LEVELS[problem.verdict], accounts)


def _said(problem: ProblemReport, findings: Iterable[Finding]) -> bool:
    """Whether the findings are as grave as the verdict, so that it needs no line of its own."""
    level = LEVELS.index(PROBLEM_LEVELS[problem.verdict])
    graves = (LEVELS.index(finding.level) for finding in findings)
    return problem.verdict != "error" and any(grave >= level for grave in graves)


def settled_issues(report: Report) -> Iterator[Issue]:
    """Yield the findings that are known or accepted, and so do not count."""
    for problem in report.problems:
        if problem.expected is None:
            for finding in problem.findings:
                if settled(finding):
                    yield _of_finding(problem, finding)


def _whole(problem: ProblemReport, code: str, level: Level, lines: tuple[str, ...]) -> Issue:
    title = f"{problem.name}: {wording.verdict(problem)}"
    told = (*lines, *([problem.message] if problem.message is not None else []))
    return Issue(
        code=code,
        level=level,
        title=title,
        message="\n".join(told) or title,
        problem=problem,
        location=problem.location,
    )


def _of_finding(problem: ProblemReport, finding: Finding) -> Issue:
    rest = [f"help: {finding.help}"] if finding.help is not None else []
    return Issue(
        code=finding.code,
        level=finding.level,
        title=finding.title,
        message=finding.message,
        problem=problem,
        location=finding.location,
        finding=finding,
        details=(*rest, f"explain: gradcheck explain {finding.code}"),
    )
