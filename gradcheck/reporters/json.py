"""The report as one JSON object, for other programs.

Every field of every check and finding is there. Numbers that are not finite are null.
"""

import json

from gradcheck.report import Report
from gradcheck.reporter import Reporter, Style
from gradcheck.reporters._plain import VERSION, plain


def render(report: Report, style: Style) -> str:  # noqa: ARG001
    whole = {
        "version": VERSION,
        "tool": {"name": "gradcheck", "version": report.tool_version},
        **({"shard": report.shard} if report.shard else {}),
        "remarks": report.remarks,
        "problems": report.problems,
    }
    return json.dumps(plain(whole), indent=2, allow_nan=False) + "\n"


REPORTER = Reporter(name="json", suffix=".json", doc=__doc__, render=render)
