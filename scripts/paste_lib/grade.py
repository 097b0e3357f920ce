"""The grade of one case: what `gradcheck paste` says of it, against the truth."""

import resource
import time
from collections.abc import Iterator, Sequence

from gradcheck.paste.reading.read import read
from gradcheck.paste.reading.rewriting import applied
from gradcheck.paste.session import Request, run
from gradcheck.record import record
from gradcheck.report import Edit, Finding, Report
from paste_lib.claims import agree, told
from paste_lib.families import ELSEWHERE, names
from paste_lib.names import same_names
from paste_lib.sheet import Bug, Case, Spot
from paste_lib.truth import corrected

_TIMES = 2


@record
class Grade:
    """How well a case was answered; None where a question does not arise.

    `answered` says that a wrong text was called wrong, or a right one right, and nothing else.
    `named` and `elsewhere` are (hits, of how many); `seconds` are those of the wall's clock,
    `processor` those of the processor, in all processes of the case.
    """

    name: str
    is_wrong: bool
    verdicts: tuple[str, ...]
    answered: bool
    detected: bool | None
    accused: bool | None
    parameters: bool | None
    named: tuple[int, int] | None
    line: bool | None
    patched: bool | None
    verified: bool | None
    elsewhere: tuple[int, int] | None
    seconds: float
    processor: float
    said: tuple[str, ...]


def graded(case: Case) -> Grade:
    """Run a case as `gradcheck paste` would, and hold the report against the truth."""
    begun, used = time.perf_counter(), _processor()
    text = case.text
    report = run(Request(text=text, name=case.path.name))
    seconds, processor = time.perf_counter() - begun, _processor() - used
    errors = list(_findings(report, error=True))
    wrong = case.is_wrong
    accused = any(problem.verdict == "wrong" for problem in report.problems)
    return Grade(
        name=case.name,
        is_wrong=wrong,
        verdicts=tuple(problem.verdict for problem in report.problems),
        answered=accused if wrong else {p.verdict for p in report.problems} == {"right"},
        detected=accused if wrong else None,
        accused=None if wrong else accused,
        parameters=same_names(_wrong(report), case.wrong_parameters) if wrong else None,
        named=_named(case.bugs, errors) if wrong else None,
        line=bool(errors) and _spot(errors[0]) in case.lines if wrong else None,
        patched=_is_patched(case, text, report) if wrong else None,
        verified=any(finding.fix for finding in errors) if wrong else None,
        elsewhere=_elsewhere(case, report) if case.elsewhere else None,
        seconds=seconds,
        processor=processor,
        said=tuple(_said(report)),
    )


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _findings(report: Report, *, error: bool) -> Iterator[Finding]:
    for problem in report.problems:
        yield from (f for f in problem.findings if (f.level == "error") == error)


def _wrong(report: Report) -> Iterator[str]:
    for problem in report.problems:
        yield from (check.parameter for check in problem.checks if check.verdict == "wrong")


def _spot(finding: Finding) -> Spot | None:
    return finding.location and (finding.location.cell, finding.location.line)


def _named(bugs: Sequence[Bug], errors: Sequence[Finding]) -> tuple[int, int]:
    """Count the bugs whose family some finding names, of those with a word that is known."""
    told = [[names(finding.code, bug.family) for finding in errors] for bug in bugs]
    known = [one for one, bug in zip(told, bugs, strict=True) if names("", bug.family) is not None]
    return sum(any(one) for one in known), len(known)


def _elsewhere(case: Case, report: Report) -> tuple[int, int]:
    found = [f for f in _findings(report, error=False) if f.code.startswith(ELSEWHERE)]
    spots = {_spot(finding) for finding in found}
    hits = [bool(found) if spot is None else spot in spots for spot in case.elsewhere]
    return sum(hits), len(hits)


def _is_patched(case: Case, text: str, report: Report) -> bool:
    """Tell whether the text as patched claims what it does with the case's own edits."""
    mended = patched(text, report)
    if mended is None:
        return False
    wanted = corrected(case)
    # What is slow is measured at fewer points: a second time, when both may be slow, or neither.
    return any(agree(told(mended), told(wanted)) for _ in range(_TIMES))


def patched(text: str, report: Report) -> str | None:
    """Return a text with all fixes of a report; None where there are none that go together."""
    made: dict[Spot, Edit] = {}
    for finding in _findings(report, error=True):
        for edit in finding.fix.edits if finding.fix else ():
            if made.setdefault((edit.cell, edit.line), edit) != edit:
                return None
    return applied(read(text), list(made.values())) if made else None


def _said(report: Report) -> Iterator[str]:
    for problem in report.problems:
        if problem.message:
            yield f"{problem.name}: {problem.message}"
        for finding in problem.findings:
            spot = _spot(finding)
            line = "" if spot is None else f":{spot[1]}"
            yield f"{problem.name}{line}: {finding.code} {finding.message}"
