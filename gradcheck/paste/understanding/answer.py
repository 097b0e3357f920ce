"""What was understood about a program, as plain data for the parent process."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.paste.understanding.candidates import Candidate
from gradcheck.paste.understanding.choice import Choice
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.standard import STANDARD


def step(inquiry: Inquiry, choice: Choice | None) -> dict[str, Any]:
    """Describe one step: where it is, its parameters, its loss, and the numbers of each."""
    machine = inquiry.machine
    return {
        "line": machine.sites[inquiry.step.loop].line,
        "function": machine.sites[inquiry.step.loop].function,
        "parameters": [parameter(inquiry, path, choice) for path in inquiry.parameters],
        "loss": None if choice is None else loss(inquiry, choice.candidate, choice.basis),
        "other": None
        if choice is None or choice.other is None
        else loss(inquiry, choice.other, "inferred"),
        "candidates": list(_names(inquiry)),
        "runs": machine.runs,
    }


def parameter(inquiry: Inquiry, path: Path, choice: Choice | None) -> dict[str, Any]:
    sites = inquiry.machine.sites
    own = [u.site for u in inquiry.found.updates if u.path == path]
    lines = {sites[site].line for site in own if site in sites}
    return {
        "name": str(path),
        "shape": list(np.shape(inquiry.points[0].point[path])),
        "lines": sorted(lines),
        "rows": [] if choice is None else _rows(inquiry, path, choice.candidate),
    }


def _rows(inquiry: Inquiry, path: Path, candidate: int) -> list[dict[str, Any]]:
    return [
        {
            "point": index,
            "claim": rows.claim.tolist(),
            "claim_bar": rows.claim_bar.tolist(),
            "slope": rows.slope.tolist(),
            "slope_bar": rows.slope_bar.tolist(),
        }
        for index, rows in enumerate(inquiry.rows(path, candidate))
    ]


def loss(inquiry: Inquiry, index: int, basis: str) -> dict[str, Any]:
    candidate = inquiry.candidates[index]
    site = inquiry.machine.sites[candidate.site]
    return {
        "basis": basis,
        "name": candidate.standard or _name(inquiry, candidate),
        "line": site.line,
        "text": site.text if candidate.standard else _expression(inquiry, candidate),
        "formula": STANDARD[candidate.standard].formula if candidate.standard else None,
        "summed": candidate.fold == "sum",
    }


def _name(inquiry: Inquiry, candidate: Candidate) -> str:
    names = inquiry.machine.sites[candidate.site].names
    return names[0] if names else inquiry.machine.sites[candidate.site].text


def _expression(inquiry: Inquiry, candidate: Candidate) -> str:
    node = inquiry.machine.nodes[candidate.site]
    if isinstance(node, ast.AugAssign):
        return ast.unparse(node)
    value = getattr(node, "value", None) if isinstance(node, ast.stmt) else node
    return ast.unparse(value) if isinstance(value, ast.expr) else ""


def _names(inquiry: Inquiry) -> Iterator[str]:
    named = (_name(inquiry, c) for c in inquiry.candidates if not c.standard)
    yield from dict.fromkeys(named)


__all__ = ["Mapping", "Sequence", "step"]
