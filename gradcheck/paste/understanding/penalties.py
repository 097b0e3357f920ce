"""A penalty in a loss that is written outside of a step, against the weight decay in the step."""

from collections.abc import Sequence

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.candidates import Candidate
from gradcheck.paste.understanding.claim import Decay
from gradcheck.paste.understanding.claims import along
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.paths import Path

_SAME = 1e-5


def is_other(repeated: Inquiry, alone: Inquiry, usual: Candidate) -> bool:
    """Tell whether claims have another share of a penalty than a written loss, and the same else.

    The loss is the mean of a usual one and a penalty: so it is the same for a batch `alone` and
    for it `repeated`, but for the penalty. Some gradients must be right.
    """
    one, two = (_indices(inquiry, usual) for inquiry in (repeated, alone))
    if one is None or two is None:
        return False
    fits = repeated.fits[one[0]]
    right = [path for path in fits if fits[path].exact]
    odd = [path for path in repeated.decided(one[0]) if not fits[path].exact]
    if not right or not odd:
        return False
    mean = _share(repeated, *one, right)
    return bool(np.isclose(mean, _share(alone, *two, right), rtol=_SAME)) and all(
        _is_penalty(repeated, *one, path, mean) for path in odd
    )


def _indices(inquiry: Inquiry, usual: Candidate) -> tuple[int, int] | None:
    """Return the candidates that are the written loss and the usual one."""
    site = inquiry.step.formula.site if inquiry.step.formula else None
    written = [i for i, one in enumerate(inquiry.candidates) if one.site == site]
    same = [i for i, one in enumerate(inquiry.candidates) if one == usual]
    return (written[0], same[0]) if written and same else None


def _share(inquiry: Inquiry, written: int, usual: int, paths: Sequence[Path]) -> float:
    """Return the factor of the usual loss in the written one, by the slopes of some parameters."""
    pairs = [(_slopes(inquiry, written, p), _slopes(inquiry, usual, p)) for p in paths]
    one, other = (np.concatenate(part) for part in zip(*pairs, strict=True))
    return float(one @ other) / (float(other @ other) or 1.0)


def _is_penalty(inquiry: Inquiry, written: int, usual: int, path: Path, mean: float) -> bool:
    """Tell whether slopes and claims are the usual loss's and a share of the parameter, each."""
    slopes = _slopes(inquiry, usual, path)
    claims = np.concatenate([row.claim for row in inquiry.rows(path, written)])
    for signs in (False, True):
        pull = np.concatenate(along(inquiry, path, Decay(share=1.0, signs=signs)))
        told = _parts(_slopes(inquiry, written, path), slopes, pull)
        made = _parts(claims, slopes, pull)
        if told is not None and made is not None and np.isclose(told[0], mean, rtol=_SAME):
            return told[1] / told[0] > 0 and made[1] / made[0] > 0
    return False


def _parts(value: Array, slopes: Array, pull: Array) -> tuple[float, float] | None:
    """Return the shares of both in a value that is made of them; None for what is of one alone."""
    columns = np.stack([slopes, pull], axis=1)
    if not (np.all(np.isfinite(columns)) and np.all(np.isfinite(value))):
        return None
    shares, *_ = np.linalg.lstsq(columns, value, rcond=None)
    near = _SAME * float(np.linalg.norm(value))
    sizes = np.abs(shares) * np.linalg.norm(columns, axis=0)
    if np.linalg.norm(value - columns @ shares) > near or np.any(sizes <= near):
        return None
    return float(shares[0]), float(shares[1])


def _slopes(inquiry: Inquiry, candidate: int, path: Path) -> Array:
    return np.concatenate([row.slope for row in inquiry.rows(path, candidate)])
