"""The report as JUnit XML: a suite for each problem, a case for each parameter.

What is undecided is skipped with its reason; an accepted deviation passes and says so.
Where a config's `expect:` was asked for, it decides alone: come true, nothing fails; else
one case named "expectation" does.
"""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from gradcheck.report import Check, Finding, ProblemReport, Report, settled
from gradcheck.reporter import Reporter, Style
from gradcheck.reporters import _wording as wording

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
UNEXPLAINED = "GRD01"
PROPERTIES = ("mode", "seed", "entries_total", "entries_checked", "evaluations", "audits")
COUNTS = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}


def render(report: Report, style: Style) -> str:  # noqa: ARG001
    root = Element("testsuites", name="gradcheck")
    root.extend(map(_suite, report.problems))
    for element in (root, *root):
        for attribute, tag in COUNTS.items():
            # Of all suites together the schemas that there are count no skipped ones.
            if element is not root or attribute != "skipped":
                element.set(attribute, str(sum(1 for _ in element.iter(tag))))
    indent(root)
    return DECLARATION + tostring(root, encoding="unicode") + "\n"


def _suite(problem: ProblemReport) -> Element:
    suite = Element("testsuite", name=wording.inline(problem.name))
    properties = SubElement(suite, "properties")
    for name in PROPERTIES:
        SubElement(properties, "property", name=name, value=str(getattr(problem, name)))
    for name, value in problem.reading.items():
        label = wording.inline(f"understood: {name}")
        SubElement(properties, "property", name=label, value=wording.visible(value))
    for name, result in _results(problem):
        suite.append(_case(problem, name, result))
    if problem.remarks:
        SubElement(suite, "system-out").text = wording.visible("\n".join(problem.remarks))
    return suite


def _results(problem: ProblemReport) -> Iterator[tuple[str, Element | None]]:
    """Yield the name of each case and its result, None for a plain pass."""
    for check in problem.checks:
        yield check.parameter, _check_result(problem, check)
    strays = _strays(problem)
    for finding in strays:
        yield finding.code, _failure([finding], finding.message)
    carried = strays or any(wording.state(check) == problem.verdict for check in problem.checks)
    if problem.verdict != "right" and not carried:
        yield problem.name, _problem_result(problem)
    if problem.expected is False:
        lines = "\n".join(problem.unexpected)
        yield "expectation", _result("failure", "unexpected", "not as expected", lines)
    if problem.regressions:
        lines = "\n".join(problem.regressions)
        yield "baseline", _result("failure", "regression", "not as in the baseline", lines)


def _case(problem: ProblemReport, name: str, result: Element | None) -> Element:
    path = problem.name if wording.is_part(problem) else f"{problem.target}/{problem.name}"
    case = Element("testcase", classname=wording.inline(path), name=wording.inline(name))
    case.extend([] if result is None else [result])
    return case


def _check_result(problem: ProblemReport, check: Check) -> Element | None:
    state = wording.state(check)
    if state == "right":
        return None
    if state == "accepted" or problem.expected is False:
        return _note(wording.account(check))
    if problem.expected:
        return _note(f"{state}, as expected")
    about = [finding for finding in _errors(problem) if check.parameter in finding.parameters]
    if problem.held or (about and all(map(settled, about))):
        return _note(f"{state}, as in the baseline")
    if state == "undecided":
        return Element("skipped", message=wording.visible(check.reason or "no reason given"))
    return _failure(about, wording.account(check))


def _problem_result(problem: ProblemReport) -> Element:
    """Say how the problem as a whole ended, where none of its parameters says it."""
    if problem.expected or problem.held:
        return _note(wording.verdict(problem))
    if problem.verdict == "error":
        place = wording.place(problem.location) if problem.location else problem.target
        return _result("error", "error", problem.message or "", f"at {place}")
    if problem.expected is False:
        return _note(wording.verdict(problem))
    if problem.verdict == "undecided":
        return Element("skipped", message="no parameter could be decided")
    return _failure(_errors(problem), f"{problem.name} is wrong")


def _errors(problem: ProblemReport) -> list[Finding]:
    return [finding for finding in problem.findings if finding.level == "error"]


def _strays(problem: ProblemReport) -> list[Finding]:
    """Return the errors that are about none of the checked parameters, so as not to lose them."""
    if problem.expected is not None or problem.held:
        return []
    names = {check.parameter for check in problem.checks}
    return [finding for finding in _errors(problem) if names.isdisjoint(finding.parameters)]


def _failure(findings: Sequence[Finding], account: str) -> Element:
    lines = [account]
    for finding in findings:
        lines.append(f"{finding.code}: {finding.title}")
        lines += [f"at {wording.place(finding.location)}"] if finding.location else []
        lines += finding.evidence
    code, message = UNEXPLAINED, account
    if findings:
        code, message = findings[0].code, findings[0].message
    return _result("failure", code, message, "\n".join(lines))


def _result(tag: str, kind: str, message: str, body: str) -> Element:
    element = Element(tag, type=wording.inline(kind), message=wording.visible(message))
    element.text = wording.visible(body)
    return element


def _note(text: str) -> Element:
    element = Element("system-out")
    element.text = wording.visible(text)
    return element


REPORTER = Reporter(name="junit", suffix=".xml", doc=__doc__, render=render)
