"""SARIF: valid by its schema, every fault a rule, fingerprints that outlive moved lines."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gradcheck.catalogues import FAULTS
from gradcheck.report import Edit, Location, ProblemReport, Report
from gradcheck.reporter import Style
from gradcheck.reporters import sarif
from gradcheck.rules import rules
from gradcheck.session import Request, Target, run


@pytest.fixture(scope="module")
def schema(official: Callable[[str], Any]) -> Any:
    return official(sarif.SCHEMA)


def rendered(report: Report) -> Any:
    return json.loads(sarif.render(report, Style()))


def only_run(report: Report) -> Any:
    (found,) = rendered(report)["runs"]
    return found


def test_every_report_is_valid(schema: Any, case: str, reports: dict[str, Report]) -> None:
    validator = jsonschema.Draft7Validator(schema)
    whole = rendered(reports[case])
    assert [error.message for error in validator.iter_errors(whole)] == []
    assert whole["version"] == "2.1.0"


def test_the_schema_would_see_a_mistake(schema: Any, reports: dict[str, Report]) -> None:
    whole = rendered(reports["failing"])
    whole["runs"][0]["results"][0]["level"] = "grave"
    assert not jsonschema.Draft7Validator(schema).is_valid(whole)


def test_every_fault_of_the_catalogue_is_a_rule_of_a_real_run(schema: Any, tmp_path: Path) -> None:
    report = replace(run(_request(tmp_path, "yhat - 2 * y")), rules=rules())
    whole = rendered(report)
    assert jsonschema.Draft7Validator(schema).is_valid(whole)
    (found,) = whole["runs"]
    told = found["tool"]["driver"]["rules"]
    assert {rule["id"] for rule in told} == {*FAULTS.all()}
    assert all(rule["help"]["text"] != rule["shortDescription"]["text"] for rule in told)
    for result in found["results"]:
        assert told[result["ruleIndex"]]["id"] == result["ruleId"]


CONFIG = """\
name: line
network: {{inputs: {{x: [3]}}, layers: [out: {{dense: {{units: 2}}}}]}}
loss: {{squared_error: {{factor: 0.5, reduction: sum}}}}
data: {{batch: 5, x: {{normal: [0, 1]}}, y: {{normal: [0, 1]}}}}
gradients:
  backward: |{lines}
    delta = {delta}   # {comment}
    grad.out.weight = x.T @ delta
    grad.out.bias = delta.sum(axis=0)
"""


def _request(folder: Path, delta: str, lines: str = "", comment: str = "the residual") -> Request:
    path = folder / "line.yaml"
    path.write_text(CONFIG.format(delta=delta, lines=lines, comment=comment))
    return Request(targets=[Target(path=path, name="line.yaml")])


def _fingerprints(request: Request) -> list[str]:
    results = only_run(run(request))["results"]
    return [result["partialFingerprints"][sarif.FINGERPRINT] for result in results]


def test_fingerprints_stay_when_lines_and_comments_change_and_no_longer(tmp_path: Path) -> None:
    before = _fingerprints(_request(tmp_path, "y - yhat"))
    moved = "\n    # first\n\n    # the residual"
    assert len(before) == 1
    assert _fingerprints(_request(tmp_path, "(y  -  yhat)", moved, "reversed")) == before
    assert _fingerprints(_request(tmp_path, "2*yhat - 2*y", moved)) != before


def test_a_check_that_could_not_be_made_is_a_notification(reports: dict[str, Report]) -> None:
    found = only_run(reports["error"])
    assert found["results"] == []
    (invocation,) = found["invocations"]
    assert invocation["executionSuccessful"] is False
    (told,) = invocation["toolExecutionNotifications"]
    assert "lyers" in told["message"]["text"]
    assert told["locations"][0]["physicalLocation"]["region"]["startLine"] == 4


def test_what_is_as_expected_has_no_result(reports: dict[str, Report]) -> None:
    assert only_run(reports["expected"])["results"] == []
    (result,) = only_run(reports["unexpected"])["results"]
    assert result["ruleId"] == "unexpected"
    assert "expected hidden.weight" in result["message"]["text"]


def test_a_fix_replaces_whole_lines_and_deletes_them(failing: ProblemReport) -> None:
    finding = failing.findings[0]
    assert finding.fix is not None
    gone = Edit(file="configs/sine.yaml", line=17, old="b = 2 * b", new=None)
    fix = replace(finding.fix, edits=(*finding.fix.edits, gone))
    problem = replace(failing, findings=(replace(finding, fix=fix),))
    (result,) = only_run(Report(problems=(problem,), tool_version="1"))["results"]
    (change,) = result["fixes"][0]["artifactChanges"]
    kept, deleted = change["replacements"]
    assert kept["insertedContent"]["text"] == "delta = yhat - y"
    assert kept["deletedRegion"] == {
        "startLine": 14, "startColumn": 1, "endLine": 14, "endColumn": 17
    }  # fmt: skip
    assert deleted["deletedRegion"]["endLine"] == 18


def test_paths_are_uris(failing: ProblemReport) -> None:
    place = Location(file="a dir/50%:x.yaml", line=3, column=5, end_line=3, end_column=7)
    for file, uri in (
        ("a dir/50%:x.yaml", "a%20dir/50%25%3Ax.yaml"),
        ("/home/me/x.yaml", "file:///home/me/x.yaml"),
        ("C:\\me\\x.yaml", "file:///C:/me/x.yaml"),
    ):
        finding = replace(failing.findings[0], location=replace(place, file=file), fix=None)
        problem = replace(failing, findings=(finding,))
        (result,) = only_run(Report(problems=(problem,), tool_version="1"))["results"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == uri


@pytest.fixture
def failing(reports: dict[str, Report]) -> ProblemReport:
    (problem,) = reports["failing"].problems
    return problem
