"""SARIF 2.1.0, for code scanning: every fault of the catalogue is a rule, each finding a result.

Results carry fingerprints of code, function and statement, so that they are the same ones after
lines have moved. A check that could not be made is a notification, not a result. What is right, or
wrong as its config expects, has no result.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from gradcheck.report import Edit, Finding, Location, Report, Rule, settled
from gradcheck.reporter import Reporter, Style
from gradcheck.reporters import _wording as wording
from gradcheck.reporters._issues import Issue, issues, settled_issues

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "gradcheck/v1"
ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]")

Json = dict[str, Any]


def render(report: Report, style: Style) -> str:  # noqa: ARG001
    found = [*issues(report), *settled_issues(report)]
    results = [issue for issue in found if issue.code != "error"]
    failures = [issue for issue in found if issue.code == "error"]
    rules = _rules(report, results)
    numbers = {rule.code: number for number, rule in enumerate(rules)}
    run = {
        "tool": {"driver": _driver(report, rules)},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, failures)],
        "results": [_result(issue, numbers[issue.code]) for issue in results],
    }
    whole = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(whole, indent=2) + "\n"


def _rules(report: Report, results: Sequence[Issue]) -> list[Rule]:
    """Return the catalogue's rules, and one for each code of a result that it lacks."""
    rules = {rule.code: rule for rule in report.rules}
    for issue in results:
        if issue.code not in rules:
            rules[issue.code] = Rule(
                code=issue.code,
                slug="",
                title=issue.title if issue.finding else f"a problem is {issue.code}",
                family=issue.finding.family if issue.finding else "verdict",
                level=issue.level,
                help="",
            )
    return list(rules.values())


def _driver(report: Report, rules: Sequence[Rule]) -> Json:
    return {
        "name": "gradcheck",
        "version": wording.visible(report.tool_version),
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule: Rule) -> Json:
    head = rule.help.partition("\n\n")[0].replace("\n", " ")
    explain = f"gradcheck explain {rule.code}"
    return {
        "id": rule.code,
        **({"name": rule.slug} if rule.slug else {}),
        "shortDescription": {"text": wording.visible(rule.title)},
        "fullDescription": {"text": wording.visible(head or rule.title)},
        "help": {
            "text": wording.visible(rule.help or explain),
            "markdown": wording.visible(rule.help or f"`{explain}`"),
        },
        "defaultConfiguration": {"level": rule.level},
        "properties": {"tags": [wording.visible(rule.family)], "precision": "very-high"},
    }


def _invocation(report: Report, failures: Sequence[Issue]) -> Json:
    return {
        "executionSuccessful": not failures and not report.interrupted,
        "toolExecutionNotifications": [
            {
                "level": "error",
                "message": {"text": wording.visible(issue.message)},
                "locations": [_location(issue.location, issue.file)],
            }
            for issue in failures
        ],
    }


def _result(issue: Issue, number: int) -> Json:
    finding = issue.finding
    return {
        "ruleId": issue.code,
        "ruleIndex": number,
        "level": issue.level,
        "message": {"text": wording.visible("\n".join((issue.told, *issue.details)))},
        "locations": [_location(issue.location, issue.file, issue)],
        **(_of_finding(finding) if finding else {}),
    }


def _of_finding(finding: Finding) -> Json:
    related = [
        {**_location(place.location, ""), "message": {"text": wording.visible(place.text)}}
        for place in finding.related
    ]
    evidence = [wording.visible(line) for line in finding.evidence]
    return {
        **({"relatedLocations": related} if related else {}),
        **({"fixes": [*_fixes(finding)]} if finding.fix and finding.fix.edits else {}),
        **(
            {"partialFingerprints": {FINGERPRINT: finding.fingerprint}}
            if finding.fingerprint
            else {}
        ),
        **_suppressed(finding),
        "properties": {
            "parameters": [wording.visible(name) for name in finding.parameters],
            "evidence": evidence,
            "alternatives": [wording.visible(code) for code in finding.alternatives],
        },
    }


def _suppressed(finding: Finding) -> Json:
    why = settled(finding)
    if not why:
        return {}
    kind = "external" if finding.accepted is None else "inSource"
    return {"suppressions": [{"kind": kind, "justification": wording.visible(why)}]}


def _location(location: Location | None, file: str, issue: Issue | None = None) -> Json:
    physical: Json = {"artifactLocation": _artifact(location.file if location else file)}
    if location and location.line and location.cell is None:
        physical["region"] = {
            "startLine": location.line,
            "startColumn": max(1, location.column),
            "endLine": max(location.line, location.end_line),
            "endColumn": max(1, location.end_column),
        }
    named = [{"fullyQualifiedName": wording.visible(issue.problem.name)}] if issue else []
    return {"physicalLocation": physical, **({"logicalLocations": named} if named else {})}


def _artifact(file: str) -> Json:
    path = quote(file.replace("\\", "/").encode(errors="backslashreplace"), safe="/:")
    if ABSOLUTE.match(file):
        return {"uri": f"file://{path if path.startswith('/') else f'/{path}'}"}
    return {"uri": path.replace(":", "%3A"), "uriBaseId": "%SRCROOT%"}


def _fixes(finding: Finding) -> Iterator[Json]:
    assert finding.fix is not None
    files: dict[str, list[Edit]] = {}
    for edit in finding.fix.edits:
        if edit.cell is None and edit.line:
            files.setdefault(edit.file, []).append(edit)
    if files:
        yield {
            "description": {"text": wording.visible(finding.help or finding.title)},
            "artifactChanges": [
                {"artifactLocation": _artifact(file), "replacements": [*map(_replacement, edits)]}
                for file, edits in files.items()
            ],
        }


def _replacement(edit: Edit) -> Json:
    """Replace a line; to delete one is to take its end as well."""
    if edit.new is None:
        return {
            "deletedRegion": {
                "startLine": edit.line, "startColumn": 1, "endLine": edit.line + 1, "endColumn": 1
            }
        }  # fmt: skip
    return {
        "deletedRegion": {
            "startLine": edit.line, "startColumn": 1,
            "endLine": edit.line, "endColumn": len(edit.old) + 1,
        },
        "insertedContent": {"text": wording.visible(edit.new)},
    }  # fmt: skip


REPORTER = Reporter(
    name="sarif", suffix=".sarif", doc=__doc__, render=render, needs=frozenset({"rules"})
)
