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
_ROUNDED = 1e-8
_TWICE = 0.9
_SHARE = 0.01
"""How much of a claim its gradient has to be, at least."""

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
        return sum(map(self._weight, self.wrong)) + drift

    def _weight(self, path: Path) -> float:
        one = self.fits[path]
        if one.factored or self.decayed:
            return _TWICE if self._is_off_twice(one) else 0.5
        return 1.0 + 0.2 * min(1.0, one.residual) - 0.1 * abs(one.cosine)

    def _is_off_twice(self, one: Fit) -> bool:
        """Tell what has the wrong sign and the wrong size: either may be mended alone."""
        ratio = one.scale / self.scale if one.factored and self.scale else 1.0
        return ratio < 0 and abs(ratio + 1) > _NEAR


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
        # A scale that is right before a change is right after it.
        scale = common_scale(by_name, self._rate or self._anchor, inferred=self._inferred)
        verdicts = {path: verdict_of(one, rows[path], scale)[0] for path, one in fits.items()}
        is_first = self._excused is None
        if is_first:
            self._excused = frozenset(
                p for p, verdict in verdicts.items() if verdict == "undecided"
            )
        wrong = {
            path
            for path, verdict in verdicts.items()
            if verdict == "wrong"
            or (verdict == "undecided" and not self._is_excused(path, fits[path], scale))
        }
        if is_first:
            self._anchor = scale if len(wrong) < len(verdicts) else self._rate
        anchor = self._anchor
        drifted = bool(anchor and scale and abs(scale / anchor - 1) > _NEAR)
        odd = [path for path in wrong if not fits[path].exact]
        decayed = bool(odd) and self._are_decays({p: rows[p] for p in odd}, scale or self._rate)
        return Shown(
            wrong=frozenset(wrong), fits=fits, scale=scale, drifted=drifted, decayed=decayed
        )

    def keep(self, shown: Shown) -> None:
        """Expect the scale that a change gave which is built on, where nothing was right before."""
        if self._anchor is None and len(shown.wrong) < len(shown.fits):
            self._anchor = shown.scale

    def _is_excused(self, path: Path, one: Fit, scale: float | None) -> bool:
        """Tell what is not known of the program as given, or is right but for the last digits.

        What a repair makes has the errors of these slopes alone; it is measured anew as text.
        """
        rounded = one.tells and one.residual <= _ROUNDED
        alike = scale is not None and abs(one.scale - scale) <= _NEAR * abs(scale)
        return (rounded and alike) or (self._excused is not None and path in self._excused)

    def _are_decays(self, rows: Mapping[Path, Sequence[Rows]], scale: float | None) -> bool:
        """Tell whether claims are off their slopes by multiples of the parameters, at one scale."""
        found = [self._scale(path, own, scale) for path, own in rows.items()]
        first = found[0]
        return first is not None and all(
            one is not None and abs(one / first - 1) <= _NEAR for one in found
        )

    def _scale(self, path: Path, rows: Sequence[Rows], scale: float | None) -> float | None:
        """Return the scale of a claim that is off by a multiple of the parameter, if it is one.

        Where none is known it is fitted along with that.
        """
        along = [
            point.lines[path].reshape(len(row.claim), -1) @ np.ravel(point.point[path])
            for point, row in zip(self._points, rows, strict=False)
        ]
        claim, slope = (np.concatenate([getattr(r, n) for r in rows]) for n in ("claim", "slope"))
        value = np.concatenate(along)
        if len(claim) < _TELLING or not np.any(value):
            return None
        columns = np.stack([value] if scale else [value, slope], axis=1)
        off = claim - (scale or 0.0) * slope
        factors, *_ = np.linalg.lstsq(columns, off, rcond=None)
        if np.linalg.norm(off - columns @ factors) > _NEAR * np.linalg.norm(off):
            return None
        found = float(scale or factors[1])
        there = found * np.linalg.norm(slope) > _SHARE * np.linalg.norm(claim)
        return found if there else None
