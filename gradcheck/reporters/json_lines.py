"""The report as JSON, one object a line, for streams: problems, and behind each its parts.

The `kind` of a line is `problem`, `check` or `finding`; the latter two name their `problem` and its
`target`, and have the fields that they have in the format `json`.
"""

import json
from collections.abc import Iterator
from typing import Any

from gradcheck.report import ProblemReport, Report
from gradcheck.reporter import Reporter, Style
from gradcheck.reporters._plain import VERSION, plain


def render(report: Report, style: Style) -> str:  # noqa: ARG001
    lines = (line for problem in report.problems for line in _lines(problem))
    return "".join(f"{json.dumps(line, allow_nan=False)}\n" for line in lines)


def _lines(problem: ProblemReport) -> Iterator[dict[str, Any]]:
    whole = plain(problem)
    parts = {"check": whole.pop("checks"), "finding": whole.pop("findings")}
    yield {"kind": "problem", "version": VERSION, **whole}
    of = {"problem": problem.name, "target": problem.target}
    for kind, items in parts.items():
        for item in items:
            yield {"kind": kind, **plain(of), **item}


REPORTER = Reporter(name="json-lines", suffix=".jsonl", doc=__doc__, render=render)
