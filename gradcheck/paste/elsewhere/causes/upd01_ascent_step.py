"""An optimizer whose step goes uphill, though it is made from the right gradient."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.paste.elsewhere.cause import Cause, Remark, listed
from gradcheck.paste.elsewhere.stage import Stage
from gradcheck.paste.understanding.measure import Measured
from gradcheck.paste.understanding.paths import Path


def _look(stage: Stage) -> Iterator[Remark]:
    if stage.is_plain or not stage.is_right:
        return
    found = {}
    for path, entry in zip(stage.parameters, stage.told["parameters"], strict=True):
        site = _site(stage, entry["claim"]) if entry["claim"] else None
        if site is not None:
            sign = _sign(entry["rows"])
            cosines = [sign * _cosine(stage, path, site, one) for one in stage.inquiry.points]
            if min(cosines) > 0:
                found[path] = (float(np.mean(cosines)), entry["claim"]["text"])
    if found:
        yield _remark(stage, found)


def _site(stage: Stage, claim: Mapping[str, Any]) -> int | None:
    """Return the site of a gradient variable."""
    wanted = (claim["line"], claim["text"])
    return next((n for n, s in stage.sites.items() if (s.line, s.text) == wanted), None)


def _sign(rows: list[dict[str, Any]]) -> float:
    """Return 1 where a gradient variable has the sign of the gradient, else -1."""
    return float(np.sign(sum(np.dot(row["claim"], row["slope"]) for row in rows)))


def _cosine(stage: Stage, path: Path, site: int, one: Measured) -> float:
    """Return the cosine of a step and the gradient variable that it is made from, at a point."""
    step = replace(stage.inquiry.step, first=one.first, paths=(path,))
    sites = frozenset({site})
    trial = step.trial(one.point, step.plan(sites), recorded=sites)
    change = np.ravel(trial.change(path))
    used = [np.ravel(e.value) for e in trial.events if np.size(e.value) == change.size]
    lengths = np.linalg.norm(change) * np.linalg.norm(used[-1])
    return float(change @ used[-1] / lengths) if lengths > 0 else 0.0


def _remark(stage: Stage, found: Mapping[Path, tuple[float, str]]) -> Remark:
    names = tuple(str(path) for path in found)
    own = [u.site for u in stage.inquiry.found.updates if u.path in found and u.site >= 0]
    return Remark(
        message=f"the step goes up the gradient of {listed(names)}, not down",
        evidence=tuple(
            f"the change of {path} has a cosine of {cosine:.3f} with its gradient, `{text}`"
            for path, (cosine, text) in found.items()
        ),
        help="subtract the optimizer's step from the parameter",
        place=stage.place(own[0]) if own else {},
        parameters=names,
    )


CAUSE = Cause(code="UPD01", title="a step uphill", doc=__doc__, look=_look)
