"""GitLab's Code Quality report: what merge requests show beside the lines that it is about.

GitLab compares two such files by fingerprint; ours stay what they are when lines move.
"""

import json
from collections import Counter
from hashlib import sha256
from typing import Any

from gradcheck.report import Level, Report
from gradcheck.reporter import Reporter, Style
from gradcheck.reporters import _wording as wording
from gradcheck.reporters._issues import Issue, issues

SEVERITIES: dict[Level, str] = {"error": "critical", "warning": "minor", "note": "info"}


def render(report: Report, style: Style) -> str:  # noqa: ARG001
    seen: Counter[str] = Counter()
    return json.dumps([_entry(issue, seen) for issue in issues(report)], indent=2) + "\n"


def _entry(issue: Issue, seen: Counter[str]) -> dict[str, Any]:
    line = issue.location.line if issue.location and issue.location.cell is None else 0
    return {
        "description": issue.told,
        "check_name": issue.code,
        "fingerprint": _fingerprint(issue, seen),
        "severity": SEVERITIES[issue.level],
        "location": {"path": wording.inline(issue.file), "lines": {"begin": max(1, line)}},
    }


def _fingerprint(issue: Issue, seen: Counter[str]) -> str:
    """Return a fingerprint that is unique in the report, whose targets ours does not know."""
    own = issue.finding.fingerprint if issue.finding else ""
    parts = (issue.problem.target, issue.problem.name, issue.code, own)
    found = sha256("\0".join(parts).encode(errors="backslashreplace")).hexdigest()[:32]
    seen[found] += 1
    return found if seen[found] == 1 else f"{found}:{seen[found]}"


REPORTER = Reporter(name="gitlab", suffix=".json", doc=__doc__, render=render)
