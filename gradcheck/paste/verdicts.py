"""Verdicts on a pasted program's parameters, from the numbers that its run gave.

A program's update is some scale times the gradient, the scale being its learning rate and
whatever factor its loss has. So one positive scale, common to all parameters, is right. What
has another scale, or none at all, is wrong. See `gradcheck.paste.understanding.fit` for the fits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.paste.understanding.fit import Fit, Rows, excess, fit
from gradcheck.record import record
from gradcheck.report import Check, Verdict

DOUBT = 3.0
"""Residuals of up to so many bars do not accuse yet."""

_SAME = 1e-6
"""Scales that differ by less than this share are one scale, whatever the bars."""

_ALIKE = 0.99
"""The cosine from which on a wrong gradient still tells its scale."""

UNKNOWN_LOSS = (
    "no loss was recognised, and it is the gradient of no usual one: --loss says what is minimised"
)


ASCENT = "it is the gradient, and the step follows it uphill"

_STEPS = (
    "the loss stays the same when it moves a little, as behind a step or a choice between values: "
    "there is no gradient to hold its updates against"
)


@record
class Judged:
    """All verdicts on one step; `scale` is that of the right gradients, None if none shows.

    `factor` is the scale in units of the learning rate, where that is known.
    """

    checks: tuple[Check, ...]
    scale: float | None
    factor: float | None


def judged(step: Mapping[str, Any]) -> Judged:
    """Judge one step as `understanding.answer` describes it."""
    rows = {entry["name"]: _rows(entry["rows"]) for entry in step["parameters"]}
    fits = {name: fit(given) for name, given in rows.items()}
    rate = step["rate"]["value"] if step.get("rate") else None
    # The factor of a standard loss is not the program's.
    inferred = bool(step["loss"]) and step["loss"]["formula"] is not None
    scale = common_scale(fits, rate, inferred=inferred)
    doubtful = not any(one.exact for one in fits.values())
    checks = tuple(
        _check(entry, fits[entry["name"]], rows[entry["name"]], scale, doubtful=doubtful)
        for entry in step["parameters"]
    )
    checks += tuple(_overwritten(entry) for entry in step["neglected"] if entry["overwritten"])
    factor = scale / rate if scale is not None and rate else None
    return Judged(checks=checks, scale=scale, factor=factor)


def unfounded(step: Mapping[str, Any], result: Judged) -> Judged:
    """Take back what is held against a program only because no usual loss fits its gradients.

    Where it writes no loss, one that explains at least one of them accuses the others. Else there
    is a mistake in all of them, or it minimises something else.
    """
    if step["loss"] is None or step["loss"]["basis"] != "inferred" or result.scale is not None:
        return result
    return replace(
        result,
        checks=tuple(
            replace(check, verdict="undecided", reason=UNKNOWN_LOSS)
            if check.verdict == "wrong"
            else check
            for check in result.checks
        ),
    )


def _rows(given: Sequence[Mapping[str, Any]]) -> list[Rows]:
    return [
        Rows(
            point=int(row["point"]),
            claim=numbers(row["claim"]),
            claim_bar=numbers(row["claim_bar"]),
            slope=numbers(row["slope"]),
            slope_bar=numbers(row["slope_bar"]),
        )
        for row in given
    ]


def numbers(given: Sequence[float | None]) -> Any:
    """Return an array; what is not finite crossed the pipe as null, and is infinite here."""
    return np.array([np.inf if value is None else value for value in given], dtype=float)


def common_scale(
    fits: Mapping[str, Fit], rate: float | None, *, inferred: bool = False
) -> float | None:
    """Return the positive scale that right gradients have, from those that are exact.

    The learning rate, where it is known, decides if the loss is written. Else most parameters do;
    of as many on both sides the smaller scale is right, as a division by the number of samples is
    easily forgotten and hardly ever added. None where no scale shows.
    """
    exact = [one for one in fits.values() if one.exact]
    rate = None if inferred else rate
    if rate is not None and any(_equal(abs(one.scale), rate, one) for one in exact):
        return rate
    hinted = [abs(one.scale) for one in fits.values() if not one.exact and abs(one.cosine) > _ALIKE]
    if rate is not None and any(abs(scale / rate - 1) < 1 - _ALIKE for scale in hinted):
        return rate
    groups: list[list[Fit]] = []
    for one in exact:
        group = next((g for g in groups if _equal(one.scale, g[0].scale, one)), None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    if not groups:
        return None

    def worth(group: list[Fit]) -> tuple[bool, bool, int, float]:
        one = group[0]
        return one.scale > 0, not inferred and _is_one(one), len(group), -abs(one.scale)

    best = max(groups, key=worth)
    return abs(best[0].scale)


def _is_one(one: Fit) -> bool:
    """Tell the scale of a gradient variable, where the learning rate is not in it."""
    return _equal(one.scale, 1.0, one)


def _equal(one: float, other: float, by: Fit) -> bool:
    return abs(one - other) <= max(_SAME, by.bar) * abs(other)


def _check(
    entry: Mapping[str, Any],
    free: Fit,
    rows: Sequence[Rows],
    scale: float | None,
    *,
    doubtful: bool,
) -> Check:
    verdict, reason = verdict_of(free, rows, scale)
    if verdict == "wrong" and doubtful and entry.get("doubt"):
        verdict, reason = "undecided", entry["doubt"]
    if verdict == "wrong" and entry.get("rescaled"):
        verdict, reason = "undecided", "the step also multiplies it by what it computes"
    if verdict == "wrong" and entry.get("weighed") and free.exact and free.scale < 0:
        verdict, reason = (
            "undecided",
            "each update multiplies it by another number, which may have either sign",
        )
    if verdict == "wrong" and entry.get("elsewhere"):
        verdict = "undecided"
        reason = f"it is updated behind another loss, {entry['elsewhere']}, which may be its own"
    if verdict == "wrong" and (entry.get("claim") or {}).get("ascends"):
        reason = ASCENT
    return Check(
        parameter=str(entry["name"]),
        shape=tuple(entry["shape"]),
        verdict=verdict,
        reason=reason,
        relative=_off(rows, free, scale),
        ratio=free.scale / scale if scale and free.lines else None,
        cosine=free.cosine if free.lines else None,
        entries=int(np.prod(entry["shape"], dtype=int)),
        directions=free.lines,
        method="differences",
    )


def _off(rows: Sequence[Rows], free: Fit, scale: float | None) -> float | None:
    """Return how far claims are off the slopes at a scale, in units of those, at the worst point.

    Where there is no common scale the claims' own is taken.
    """
    if not free.lines:
        return None
    wanted = scale or free.scale
    return max((off for row in rows if (off := _distance(row, wanted)) is not None), default=None)


def _distance(row: Rows, scale: float) -> float | None:
    known = np.isfinite(row.slope_bar) & np.isfinite(row.claim)
    size = abs(scale) * float(np.linalg.norm(row.slope[known]))
    return float(np.linalg.norm((row.claim - scale * row.slope)[known])) / size if size else None


def _overwritten(entry: Mapping[str, Any]) -> Check:
    return Check(
        parameter=str(entry["name"]),
        shape=tuple(entry["shape"]),
        verdict="wrong",
        reason="it is replaced by a multiple of its gradient, or turned round, not changed by that",
        entries=int(np.prod(entry["shape"], dtype=int)),
        method="differences",
    )


def verdict_of(free: Fit, rows: Sequence[Rows], scale: float | None) -> tuple[Verdict, str | None]:
    if not rows:
        return "undecided", "no loss was found that this parameter could be held against"
    if not free.tells:
        return _flat(rows, scale, bool(free.lines))
    if free.exact:
        if scale is None or _equal(free.scale, scale, free):
            return "right", None
        reason = f"it is {times(free.scale / scale)} the gradient"
        return "wrong", reason if free.factored or free.scale < 0 else None
    if free.residual <= DOUBT * free.bar:
        return "undecided", "the difference is within what rounding may do here"
    return "wrong", None


def times(ratio: float) -> str:
    """Write a factor of the gradient: `minus`, `10 times` or `minus 0.1 times`."""
    sign = "minus " if ratio < 0 else ""
    return sign.strip() if abs(ratio + 1) < _SAME else f"{sign}{abs(ratio):.6g} times"


def _flat(rows: Sequence[Rows], scale: float | None, felt: bool) -> tuple[Verdict, str | None]:
    """Judge a parameter whose slopes, or else (`felt`) whose claims, vanish in their bars."""
    flat = not felt and all(not np.any(row.slope) for row in rows)
    if scale is None:
        return "undecided", _STEPS if flat else "nothing shows how large its gradient should be"
    if not any(np.any(np.isfinite(row.slope_bar)) for row in rows):
        return "undecided", "the loss could not be differentiated by this parameter"
    left = max(excess(row, scale) for row in rows)
    if left <= 1:
        return "right", None
    if left <= DOUBT:
        return "undecided", "the difference is within what rounding may do here"
    if felt:
        return "wrong", "its claimed gradient is zero, yet the loss depends on it"
    if flat:
        # Large moves change the loss, or it were no parameter, and rounding would leave some slope.
        return "undecided", _STEPS
    return "wrong", "the loss does not depend on it, yet its claimed gradient is not zero"
