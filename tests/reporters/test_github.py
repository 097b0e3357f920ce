"""Workflow commands: escaping, places, silence."""

from dataclasses import replace

from gradcheck.report import Location, ProblemReport, Report
from gradcheck.reporter import Style
from gradcheck.reporters import github


def rendered(*problems: ProblemReport) -> str:
    return github.render(Report(problems=problems, tool_version="1"), Style())


def broken(location: Location | None) -> ProblemReport:
    return ProblemReport(
        name="net", target="a:b,c.yaml", verdict="error", message="50%,\nsee: b", location=location
    )


def test_data_and_properties_are_escaped_each_in_its_way() -> None:
    assert rendered(broken(None)) == (
        "::error file=a%3Ab%2Cc.yaml,title=net%3A error::50%25,%0Asee: b\n"
    )


def test_lines_are_given_where_they_are_the_file_s_own() -> None:
    place = Location(file="n.yaml", line=3, column=5, end_line=7, end_column=11)
    assert "file=n.yaml,line=3,endLine=7,col=5,title" in rendered(broken(place))
    assert "file=n.yaml,title" in rendered(broken(replace(place, line=0)))
    in_notebook = rendered(broken(replace(place, cell=2)))
    assert "file=n.yaml,title" in in_notebook
    assert "::cell 2, line 3: 50%25" in in_notebook


def test_right_and_expected_problems_are_silent(reports: dict[str, Report]) -> None:
    assert github.render(reports["accepted"], Style()) == ""
    assert github.render(reports["expected"], Style()) == ""
    assert github.render(reports["empty"], Style()) == ""


def test_a_verdict_graver_than_its_findings_is_annotated_itself(reports: dict[str, Report]) -> None:
    (failing,) = reports["failing"].problems
    notes = tuple(replace(finding, level="note") for finding in failing.findings)
    lines = rendered(replace(failing, findings=notes)).splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::notice"] * 3 + ["::error"]
    assert "the gradient of hidden.weight is wrong" in lines[-1]


def test_levels_become_commands(reports: dict[str, Report]) -> None:
    commands = [line.split()[0] for line in rendered(*reports["failing"].problems).splitlines()]
    assert commands == ["::error", "::error", "::warning"]


def test_one_mistake_in_one_place_is_annotated_once(reports: dict[str, Report]) -> None:
    (failing,) = reports["failing"].problems
    other = replace(failing, name="other", target="configs/other.yaml")
    once, both = rendered(failing).splitlines(), rendered(failing, other).splitlines()
    assert sum("title=SGN01" in line for line in both) == 1
    assert any("the same spoils other" in line for line in both if "title=SGN01" in line)
    unplaced = sum("title=GRD01" in line for line in once)
    assert sum("title=GRD01" in line for line in both) == 2 * unplaced
