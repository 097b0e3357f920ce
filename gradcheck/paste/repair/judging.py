"""The judge of repairs: what the claims of a changed program are worth."""

from collections.abc import Mapping, Sequence

import numpy as np

from gradcheck.paste.understanding.fit import Fit, Rows, fit
from gradcheck.paste.understanding.measure import Measured
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.verdicts import common_scale, verdict_of
from gradcheck.record import record

_NEAR = 1e-5
_DRIFT = 0.4
_TELLING = 3
"""So many lines are needed to tell that a difference is a multiple of something."""


@record
class Shown:
    """What a program's claims are worth: the parameters that are wrong, and all fits."""

    wrong: frozenset[Path]
    fits: Mapping[Path, Fit]
    scale: float | None

    decayed: bool = False
    """Whether all that is wrong is off by a multiple of the parameter itself: a penalty's share."""
    drifted: bool = False
    """Whether the scale is no more than that of parameters made to agree with each other."""

    @property
    def score(self) -> float:
        """How much is wrong: whole parameters, less where only a factor, a sign or a penalty is."""
        drift = _DRIFT * len(self.fits) if self.drifted else 0.0
        return sum(_weight(self.fits[path], self.decayed) for path in self.wrong) + drift


def _weight(one: Fit, decayed: bool) -> float:
    if one.exact or decayed:
        return 0.5
    return 1.0 + 0.2 * min(1.0, one.residual) - 0.1 * abs(one.cosine)


class Judge:
    """Judges claims at some points; the program as given comes first, and others by it.

    `rate` is the scale to expect where nothing is right yet: None where no loss is written.
    """

    def __init__(self, points: Sequence[Measured], rate: float | None, *, inferred: bool) -> None:
        self._points = points
        self._rate = rate
        self._inferred = inferred
        self._anchor: float | None = None
        self._excused: frozenset[Path] | None = None
        """The parameters of which the program as given does not tell."""

    def judged(self, rows: Mapping[Path, Sequence[Rows]]) -> Shown:
        fits = {path: fit(given) for path, given in rows.items()}
        by_name = {str(path): one for path, one in fits.items()}
        scale = common_scale(by_name, self._rate, inferred=self._inferred)
        verdicts = {path: verdict_of(one, rows[path], scale)[0] for path, one in fits.items()}
        if self._excused is None:
            self._excused = frozenset(
                p for p, verdict in verdicts.items() if verdict == "undecided"
            )
        wrong = {
            path
            for path, verdict in verdicts.items()
            if verdict == "wrong" or (verdict == "undecided" and path not in self._excused)
        }
        if self._anchor is None:
            self._anchor = scale if len(wrong) < len(verdicts) else self._rate
        anchor = self._anchor
        drifted = bool(anchor and scale and abs(scale / anchor - 1) > _NEAR)
        odd = [path for path in wrong if not fits[path].exact]
        known = scale or self._rate
        decayed = bool(odd and known) and all(self._is_decay(p, rows[p], known) for p in odd)
        return Shown(
            wrong=frozenset(wrong), fits=fits, scale=scale, drifted=drifted, decayed=decayed
        )

    def _is_decay(self, path: Path, rows: Sequence[Rows], scale: float | None) -> bool:
        """Tell whether claims are off their slopes by a multiple of the parameter."""
        left, own = [], []
        for point, row in zip(self._points, rows, strict=False):
            lines = point.lines[path].reshape(len(row.claim), -1)
            left.append(row.claim - (scale or 0.0) * row.slope)
            own.append(lines @ np.ravel(point.point[path]))
        off, value = np.concatenate(left), np.concatenate(own)
        if len(off) < _TELLING or not np.any(value):
            return False
        rest = off - off @ value / (value @ value) * value
        return bool(np.linalg.norm(rest) <= _NEAR * np.linalg.norm(off))
