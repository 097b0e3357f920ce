"""The report as one JSON object, for other programs.

Every field of every check and finding is there. Numbers that are not finite are null.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any

from gradcheck.report import Report
from gradcheck.reporter import Reporter, Style

VERSION = 1
"""The version of the format; raised when a field is renamed or changes its meaning."""


def render(report: Report, style: Style) -> str:  # noqa: ARG001
    whole = {
        "version": VERSION,
        "tool": {"name": "gradcheck", "version": report.tool_version},
        "remarks": report.remarks,
        "problems": report.problems,
    }
    return json.dumps(_plain(whole), indent=2, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    """Turn a value into what JSON has; what it hasn't is written as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Sequence):
        return [_plain(item) for item in value]
    return str(value)


REPORTER = Reporter(name="json", suffix=".json", doc=__doc__, render=render)
