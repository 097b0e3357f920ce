"""Which way an update follows a gradient variable: it may be the negative of a gradient."""

import ast
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.paste.understanding.claim import Claim
from gradcheck.paste.understanding.fit import fit
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.instrument import Plan
from gradcheck.paste.understanding.measure import Measured
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.values import fills, frozen


def updating(inquiry: Inquiry, path: Path) -> Measured:
    """Return the last iteration's point at which a parameter is updated: not every one need do."""
    return max(inquiry.points, key=lambda one: (bool(np.any(one.claims[path])), one.first))


def signed(inquiry: Inquiry, path: Path, claim: Claim) -> tuple[Claim, bool]:
    """Return a gradient variable with the sign by which the update follows it, and whether it does.

    An optimizer may be handed the negative of it, and goes uphill then.
    """
    turned, along = _led(inquiry, path, claim, inquiry.step.plan(frozenset({claim.site})))
    if isinstance(inquiry.machine.nodes[claim.site], ast.AugAssign) or (turned or along) <= 0:
        return claim, turned != 0
    rows = tuple(replace(row, claim=-row.claim) for row in claim.rows)
    return replace(claim, rows=rows, fit=fit(rows), sign=-1.0), turned != 0


def leads_uphill(inquiry: Inquiry, path: Path, claim: Claim, plan: Plan) -> bool:
    """Tell whether an update adds what it makes of a gradient variable.

    Of what it makes nothing of, as of what is but kept for later, it may go the same way.
    """
    turned, along = _led(inquiry, path, claim, plan)
    return (turned or along) > 0


def _led(inquiry: Inquiry, path: Path, claim: Claim, plan: Plan) -> tuple[float, float]:
    """Return what turning a gradient variable round does to an update, and how both lie together.

    Above zero are updates that add what they make of it, and those along it.
    """
    point = updating(inquiry, path)
    step = replace(inquiry.step, first=point.first, paths=(path,))
    sites = frozenset({claim.site})
    plain = step.trial(point.point, plan, recorded=sites)
    shape = np.shape(point.point[path])
    value = None if plain.failed else claim.value(plain.events, shape)
    if value is None:
        return 0.0, 0.0

    is_whole = any(fills(np.shape(event.value), shape) for event in plain.events)
    turned = shape if is_whole else ()

    def turn(value: Any) -> Any:
        return -2 * frozen(value) if fills(np.shape(value), turned) else 0.0

    other = step.trial(point.point, plan, recorded=frozenset(), inject={claim.site: turn})
    changes = plain.change(path), other.change(path)
    if other.failed or changes[0] is None or changes[1] is None:
        return 0.0, 0.0
    turned_by, along = ((changes[0] - other_change) * value for other_change in (changes[1], 0.0))
    return float(np.sum(turned_by)), float(np.sum(along))
