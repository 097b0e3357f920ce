"""Words that the reporters for people share: verdicts, counts, places, printable text."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from gradcheck.report import ALONG, Check, Location, ProblemReport
from gradcheck.reporters import _figures as figures

State: TypeAlias = Literal["wrong", "undecided", "accepted", "right"]

STATES: tuple[State, ...] = ("wrong", "undecided", "accepted", "right")
PROBLEM_VERDICTS = ("right", "wrong", "undecided", "error")

# Beside the control characters: what may not stand in XML or UTF-8, breaks a line, or turns
# the direction of the text around it.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)

PARALLEL = 1e-12
"""How far a cosine may be from ±1 where one factor explains a gradient."""


def visible(text: str) -> str:
    r"""Write what can't be printed as Python would escape it (`\x08`), but for `\n` and `\t`."""
    return UNPRINTABLE.sub(_escaped, text.replace("\r\n", "\n"))


def inline(text: str) -> str:
    r"""Write `text` so that it stays on one line, with `\n` and `\t` escaped as well."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()


def counted(number: int, noun: str, nouns: str = "") -> str:
    return f"{number or 'no'} {noun if number == 1 else nouns or f'{noun}s'}"


def state(check: Check) -> State:
    if check.verdict != "right" and check.accepted is not None:
        return "accepted"
    return check.verdict


def ranked(checks: Iterable[Check]) -> list[Check]:
    """Put the wrong parameters first, the worst before all, then the undecided; else keep order."""
    return sorted(checks, key=_rank)


def _rank(check: Check) -> tuple[int, float]:
    rank = STATES.index(state(check))
    if rank:
        return rank, 0.0
    excess = figures.excess(check)
    return rank, float("-inf") if excess is None else -excess


def verdict(problem: ProblemReport) -> str:
    if problem.regressions:
        return f"{problem.verdict}, not as in the baseline"
    if problem.held and problem.verdict != "right":
        return f"{problem.verdict}, as in the baseline"
    match problem.expected:
        case None:
            return problem.verdict
        case True:
            return f"{problem.verdict}, as expected"
        case False:
            return f"{problem.verdict}, not as expected"


def is_part(problem: ProblemReport) -> bool:
    """Tell whether a problem's name says its target: it is that, or one of several parts of it."""
    return problem.name == problem.target or problem.name.startswith(f"{problem.target}#")


def failing(problem: ProblemReport) -> bool:
    """Tell whether a problem is to look bad: it is wrong in a way that nothing accounts for."""
    if problem.expected is not None:
        return not problem.expected
    return bool(problem.regressions) or (problem.verdict != "right" and not problem.held)


def score(problem: ProblemReport) -> str:
    """Count the parameters by how they fared: `2 wrong, 1 undecided, 3 right`."""
    counts: Counter[str] = Counter(state(check) for check in problem.checks)
    return _counts(counts, STATES) or "no parameters"


def totals(problems: Sequence[ProblemReport]) -> str:
    """Count the problems by verdict: `3 problems: 1 right, 1 wrong, 1 error`."""
    if not problems:
        return "no problems: nothing was checked"
    verdicts: Counter[str] = Counter(problem.verdict for problem in problems)
    line = f"{counted(len(problems), 'problem')}: {_counts(verdicts, PROBLEM_VERDICTS)}"
    expected = [problem.expected for problem in problems if problem.expected is not None]
    if not expected:
        return line
    return f"{line}; {sum(expected)} of {len(expected)} as expected"


def colour(problem: ProblemReport) -> str:
    """Return the word of the style in which a verdict is shown."""
    if problem.verdict in ("undecided", "error") and problem.expected is None:
        return problem.verdict if failing(problem) else "right"
    return "wrong" if failing(problem) else "right"


def _counts(counts: Counter[str], order: Iterable[str]) -> str:
    return ", ".join(f"{counts[word]} {word}" for word in order if counts[word])


def factor(check: Check) -> str:
    """Write the factor from the numeric gradient to the claimed, where it tells anything."""
    if state(check) == "right" or check.cosine is None or 1 - abs(check.cosine) > PARALLEL:
        return ""
    return figures.factor(check.ratio)


def codes(problem: ProblemReport) -> str:
    return ", ".join(dict.fromkeys(finding.code for finding in problem.findings))


def place(location: Location) -> str:
    """Write `file:line:column`; the file alone where the place is the file as a whole."""
    file = inline(location.file)
    if location.cell is not None:
        file += f", cell {location.cell}"
    return f"{file}:{location.line}:{location.column}" if location.line else file


def account(check: Check) -> str:
    """Say in one line how a parameter fared, and where it is worst."""
    facts = [f"the gradient of {inline(check.parameter)} is {state(check)}"]
    if reason := check.accepted or check.reason:
        facts[0] += f": {reason}"
    if check.wrong_entries:
        facts.append(f"{check.wrong_entries} of {check.entries_checked} entries are wrong")
    if check.worst:
        claimed, numeric = figures.values(check.worst)
        where = inline(figures.entry(check, check.worst))
        probe = inline(check.worst.probe)
        facts.append(f"worst at {where}, claimed {claimed}, numeric {numeric}, probe {probe}")
    if (distance := figures.distance(check)) != figures.NOTHING:
        facts.append(f"off by {distance}")
    return "; ".join(facts)


def effort(problem: ProblemReport) -> str:
    """Say what was checked and what was not."""
    directions = max((check.directions for check in problem.checks), default=0)
    if problem.mode == ALONG:
        return _along(problem, directions)
    parts = [
        f"{problem.mode} mode",
        f"seed {problem.seed}",
        counted(len(problem.probes), "probe"),
        _entries(problem),
        *([counted(directions, "random direction")] if directions else []),
        counted(problem.evaluations, "evaluation"),
        counted(problem.audits, "audit"),
    ]
    return ", ".join(parts)


def _along(problem: ProblemReport, directions: int) -> str:
    entries = counted(problem.entries_total, "entry", "entries")
    lines = counted(directions, "random direction")
    return (
        f"{entries}, together along {lines} at {counted(len(problem.probes), 'random point')}, "
        f"in {counted(problem.evaluations, 'run')} of the training step"
    )


def incomplete(problem: ProblemReport) -> bool:
    """Tell whether entries were left out that the mode would have checked."""
    unchecked = problem.entries_checked < problem.entries_total
    return unchecked and problem.mode not in ("quick", ALONG) and problem.verdict != "error"


def _entries(problem: ProblemReport) -> str:
    left = problem.entries_total - problem.entries_checked
    if left <= 0:
        everything = counted(problem.entries_total, "entry", "entries")
        return f"all {everything}" if problem.entries_total else everything
    return f"{problem.entries_checked} of {problem.entries_total} entries ({left} not)"
