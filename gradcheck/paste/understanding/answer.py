"""What was understood about a program, as plain data for the parent process."""

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.paste.understanding.asking import Asked, offers
from gradcheck.paste.understanding.candidates import Candidate
from gradcheck.paste.understanding.choice import Choice, elsewhere
from gradcheck.paste.understanding.claim import Claim
from gradcheck.paste.understanding.draws import is_drawn
from gradcheck.paste.understanding.fit import Rows
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.neglected import neglected
from gradcheck.paste.understanding.optimizing import is_steered
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.rates import learning_rate
from gradcheck.paste.understanding.standard import STANDARD
from gradcheck.paste.understanding.texts import is_at_a_rate, is_rescaled
from gradcheck.paste.understanding.values import frozen

_DRAWN = "the loss depends on samples that are drawn by it, through which no gradient passes"


def step(one: Asked) -> dict[str, Any]:
    """Describe one step: where it is, its parameters, its loss, and the numbers of each."""
    inquiry, choice, claims = one.inquiry, one.choice, one.claims
    machine = inquiry.machine
    fits = inquiry.fits[choice.candidate] if choice else {}
    scales = [fitted.scale for fitted in fits.values()]
    rate = learning_rate(inquiry, scales) if inquiry.step.is_rated else None
    fitting = any(fitted.exact for fitted in fits.values())
    drawn = choice is not None and not fitting and is_drawn(inquiry, choice.candidate)
    return {
        "line": inquiry.step.line,
        "parameters": [
            parameter(inquiry, path, choice, claims.get(path), drawn=drawn)
            for path in inquiry.parameters
        ],
        "loss": None if choice is None else loss(inquiry, choice.candidate, choice.basis),
        "other": None
        if choice is None or choice.other is None
        else loss(inquiry, choice.other, "inferred"),
        "rate": None if rate is None else vars(rate),
        "neglected": _neglected(inquiry, choice),
        "candidates": list(dict.fromkeys(offers(inquiry))),
        "given": inquiry.found.wishes.given,
        "notes": [*one.notes, *(["paces"] if inquiry.step.paces else [])],
        "runs": machine.runs,
    }


def _neglected(inquiry: Inquiry, choice: Choice | None) -> list[dict[str, Any]]:
    if choice is None:
        return []
    return [
        {
            "name": str(one.path),
            "shape": list(np.shape(inquiry.base.before.values[one.path])),
            "lines": sorted(_assigning(inquiry, one.path)),
            "overwritten": one.overwritten,
            "exact": one.exact,
        }
        for one in neglected(inquiry, choice.candidate)
    ]


def _assigning(inquiry: Inquiry, path: Path) -> set[int]:
    """Return the lines of the step that assign what is at a path."""
    sites = inquiry.machine.sites
    seen = [sites[event.site] for event in inquiry.base.events if event.site in sites]
    return {site.line for site in seen if site.kind == "Assign" and path.last in site.names[:1]}


def parameter(
    inquiry: Inquiry, path: Path, choice: Choice | None, claim: Claim | None, *, drawn: bool
) -> dict[str, Any]:
    sites = inquiry.machine.sites
    own = [u.site for u in inquiry.found.updates if u.path == path]
    lines = {sites[site].line for site in own if site in sites}
    return {
        "name": str(path),
        "shape": list(np.shape(inquiry.points[0].point[path])),
        "lines": sorted(lines),
        "claim": None if claim is None else _claim(inquiry, claim),
        "elsewhere": None
        if choice is None or claim is not None
        else _name_of(inquiry, elsewhere(inquiry, choice.candidate, path)),
        "doubt": _DRAWN if drawn else _doubt(inquiry, path, own),
        "rescaled": any(is_rescaled(inquiry.machine, site) for site in own),
        "weighed": bool(
            claim
            and choice
            and claim.why == "rescaling"
            and choice.basis == "inferred"
            and not is_at_a_rate(inquiry.machine, claim.site)
        ),
        "rows": []
        if choice is None
        else _rows(claim.rows if claim else inquiry.rows(path, choice.candidate)),
    }


def _doubt(inquiry: Inquiry, path: Path, sites: Sequence[int]) -> str | None:
    """Say why a claim that does not fit may be none; one that fits is beyond doubt."""
    if inquiry.found.repeats:
        return "it is updated several times in the step, each time by another gradient"
    if sites and all(site < 0 for site in sites):
        return "nothing shows how it is updated"
    if isinstance(inquiry.base.before.things[path], list) and is_steered(
        inquiry, path, inquiry.points[-1]
    ):
        return "something that is kept changes its update, and its gradient is nowhere in one piece"
    shape = inquiry.found.shapes[path]
    values = inquiry.found.base.before.values
    kin = [other for other in inquiry.found.others if _are_kin(path, other)]
    if any(np.shape(frozen(values[other])) == shape for other in kin):
        return "others of its list change by no update"
    return None


def _are_kin(one: Path, other: Path) -> bool:
    """Tell whether two paths lead to items of the same list."""
    if not one.keys or not other.keys or one.keys[:-1] != other.keys[:-1]:
        return False
    (kind, key), (other_kind, other_key) = one.keys[-1], other.keys[-1]
    return (
        one.root == other.root
        and kind == other_kind == "item"
        and type(key) is type(other_key) is int
    )


def _name_of(inquiry: Inquiry, index: int | None) -> str | None:
    return None if index is None else _name(inquiry, inquiry.candidates[index])


def _claim(inquiry: Inquiry, claim: Claim) -> dict[str, Any]:
    site = inquiry.machine.sites[claim.site]
    return {"text": site.text, "line": site.line, "why": claim.why, "ascends": claim.ascends}


def _rows(given: Sequence[Rows]) -> list[dict[str, Any]]:
    return [
        {
            "point": index,
            "claim": rows.claim.tolist(),
            "claim_bar": rows.claim_bar.tolist(),
            "slope": rows.slope.tolist(),
            "slope_bar": rows.slope_bar.tolist(),
        }
        for index, rows in enumerate(given)
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
        "maximised": candidate.maximised,
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
