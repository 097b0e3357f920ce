"""JUnit: which case carries what."""

from dataclasses import replace
from xml.etree import ElementTree

from gradcheck.report import ProblemReport, Report
from gradcheck.reporter import Style
from gradcheck.reporters import junit

RULES = {
    "testsuites": ({"testsuite"}, set(), {"name", "time", "tests", "failures", "errors"}),
    "testsuite": (
        {"properties", "testcase", "system-out", "system-err"},
        {"name", "tests", "failures", "errors"},
        {"time", "skipped", "timestamp", "hostname", "id", "package", "file"},
    ),
    "properties": ({"property"}, set(), set()),
    "property": (set(), {"name", "value"}, set()),
    "testcase": (
        {"skipped", "error", "failure", "system-out", "system-err"},
        {"name", "classname"},
        {"time"},
    ),
    "failure": (set(), {"message", "type"}, set()),
    "error": (set(), {"message", "type"}, set()),
    "skipped": (set(), set(), {"message", "type"}),
    "system-out": (set(), set(), set()),
}
"""What may be in each element, and which attributes it must and may have besides: what the schemas
of Jenkins' xUnit plug-in and of Ant's reports, and readers that go by either, have in common."""


def complaints(element: ElementTree.Element) -> list[str]:
    """Say what in an element is against the rules."""
    inside, needed, more = RULES[element.tag]
    found = {child.tag for child in element}
    told = [f"<{tag}> in <{element.tag}>" for tag in found - inside]
    told += [f"{element.tag} without {name}" for name in needed - set(element.attrib)]
    told += [f"{element.tag} with {name}" for name in set(element.attrib) - needed - more]
    if element.tag == "testcase" and len(element) > 1:
        told.append("a testcase with two results")
    if inside and (element.text or "").strip():
        told.append(f"text in <{element.tag}>")
    return told + [text for child in element if child.tag in inside for text in complaints(child)]


def test_every_report_is_as_the_schemas_have_it(case: str, reports: dict[str, Report]) -> None:
    root = ElementTree.fromstring(junit.render(reports[case], Style()))
    assert complaints(root) == []
    for element in root:
        cases = len(element.findall("testcase"))
        assert (element.get("tests"), element[0].tag) == (str(cases), "properties")


def test_what_is_against_the_schemas_would_be_seen(reports: dict[str, Report]) -> None:
    root = ElementTree.fromstring(junit.render(reports["failing"], Style()))
    root.set("skipped", "0")
    ElementTree.SubElement(root[0], "failure")
    assert complaints(root) == ["testsuites with skipped", "<failure> in <testsuite>"]


def suite(report: Report) -> ElementTree.Element:
    (element,) = ElementTree.fromstring(junit.render(report, Style()))
    return element


def names(element: ElementTree.Element, result: str) -> list[str | None]:
    return [case.get("name") for case in element.iter("testcase") if case.find(result) is not None]


def changed(report: Report, **fields: object) -> Report:
    (problem,) = report.problems
    return replace(report, problems=(replace(problem, **fields),))  # type: ignore[arg-type]


def test_wrong_parameters_fail_with_their_first_finding(reports: dict[str, Report]) -> None:
    element = suite(reports["failing"])
    assert names(element, "failure") == ["hidden.weight", "output.weight"]
    failure = element.find("testcase/failure")
    assert failure is not None
    assert failure.get("type") == "SGN01"
    assert "the runner-up, AVG02, to 0.8" in (failure.text or "")


def test_a_wrong_parameter_without_finding_is_unexplained(reports: dict[str, Report]) -> None:
    element = suite(changed(reports["failing"], findings=()))
    assert {failure.get("type") for failure in element.iter("failure")} == {"GRD01"}


def test_notes_do_not_explain_a_failure(reports: dict[str, Report]) -> None:
    (problem,) = reports["failing"].problems
    notes = tuple(replace(finding, level="note") for finding in problem.findings)
    element = suite(changed(reports["failing"], findings=notes))
    assert {failure.get("type") for failure in element.iter("failure")} == {"GRD01"}


def test_undecided_parameters_are_skipped_with_their_reason(reports: dict[str, Report]) -> None:
    skipped = [element.get("message") for element in suite(reports["undecided"]).iter("skipped")]
    assert skipped == ["kink: unit 3 of sample 2 sits on the hinge", "noise"]


def test_accepted_parameters_pass_and_say_so(reports: dict[str, Report]) -> None:
    element = suite(reports["accepted"])
    assert element.get("failures") == "0"
    assert names(element, "system-out") == ["output.weight"]


def test_an_error_about_no_checked_parameter_is_a_case_of_its_own(
    reports: dict[str, Report],
) -> None:
    assert names(suite(reports["stray"]), "failure") == ["GRD03"]


def test_a_verdict_that_no_parameter_carries_is_a_case_of_its_own() -> None:
    wrong = ProblemReport(name="net", target="net.yaml", verdict="wrong")
    assert names(suite(Report(problems=(wrong,), tool_version="1")), "failure") == ["net"]
    undecided = replace(wrong, verdict="undecided")
    assert names(suite(Report(problems=(undecided,), tool_version="1")), "skipped") == ["net"]


def test_a_problem_that_could_not_be_checked_is_an_error_even_if_unexpected(
    reports: dict[str, Report],
) -> None:
    element = suite(changed(reports["error"], expected=False, unexpected=("verdict",)))
    assert names(element, "error") == ["configs/broken.yaml"]
    assert names(element, "failure") == ["expectation"]


def test_expectations_decide_alone(reports: dict[str, Report]) -> None:
    assert names(suite(reports["unexpected"]), "failure") == ["expectation"]
    assert names(suite(reports["expected"]), "failure") == []
    note = suite(reports["expected"]).find("testcase/system-out")
    assert note is not None
    assert note.text == "wrong, as expected"
