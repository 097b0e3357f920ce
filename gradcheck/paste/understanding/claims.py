"""Claims other than the plain update: gradient variables, where an optimizer stands between.

A step may change its parameters by something else than a multiple of their gradients:
momentum and its kin keep state, clipping cuts, weight decay adds. The gradient is then a value
on the way. Such a value counts if it is the gradient at all points, and the way from it to the
update is one of these; else the update itself is the claim.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.claim import Claim, Decay
from gradcheck.paste.understanding.fit import fit, is_far_off
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.optimizing import has_state
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.seen import Seen, computed
from gradcheck.paste.understanding.texts import multipliers, products, solves
from gradcheck.paste.understanding.uphill import signed, updating
from gradcheck.paste.understanding.values import frozen
from gradcheck.paste.understanding.ways import (
    is_bounded,
    is_clipped,
    is_decayed,
    is_multiple,
    is_shrunk,
)

_SAME = 1e-6
_MOST = 0.6


def claimed(inquiry: Inquiry, candidate: int) -> Mapping[Path, Claim]:
    """Return the gradient variables that stand for updates which are no plain gradients.

    Where there is one, those of the other parameters are returned too, for the sake of one scale.
    """
    fits = inquiry.fits[candidate]
    decided = inquiry.decided(candidate)
    if all(fits[path].exact for path in decided):
        return {}
    seen = computed(inquiry)
    odd = {
        path: _explained(inquiry, candidate, path, seen) for path in decided if not fits[path].exact
    }
    explained = {path: claim for path, claim in odd.items() if claim is not None}
    found = {p: c for p, c in explained.items() if not _is_alone(inquiry, p, explained)}
    if not found and inquiry.candidates[candidate].standard:
        return _decays(inquiry, candidate, list(odd))
    if not found:
        return {}
    for path in decided:
        plain = _latest_first(inquiry, list(_exact(inquiry, candidate, path, seen)))
        if path not in odd and plain and inquiry.machine.sites[plain[0].site].names:
            found[path], _ = signed(inquiry, path, plain[0])
    return bare(inquiry, candidate, found, seen)


def bare(
    inquiry: Inquiry, candidate: int, found: Mapping[Path, Claim], seen: Seen
) -> Mapping[Path, Claim]:
    """Take off a factor that some gradients hold and all others only meet in their updates.

    So it is with a learning rate: in `v = mu * v - lr * dh.sum(0)` it is part of a value, the last
    one that is a gradient; where the sum has a name, that is the gradient, and without it.
    """
    held = {path: dict(products(inquiry.machine.nodes[c.site])) for path, c in found.items()}
    for text in sorted({text for own in held.values() for text in own}):
        holding = [path for path in found if text in held[path]]
        others = [claim.site for path, claim in found.items() if path not in holding]
        if others and all(text in multipliers(inquiry.machine, site) for site in others):
            inner = {p: _at(inquiry, candidate, p, held[p][text], seen) for p in holding}
            named = {
                path: replace(signed(inquiry, path, claim)[0], why=found[path].why)
                for path, claim in inner.items()
                if claim is not None
            }
            if len(named) == len(holding):
                return {**found, **named}
    return found


def _at(inquiry: Inquiry, candidate: int, path: Path, node: ast.expr, seen: Seen) -> Claim | None:
    """Return the claim of one expression, if its values are a parameter's gradient."""
    nodes = inquiry.machine.nodes
    exact = _exact(inquiry, candidate, path, seen)
    return next((claim for claim in exact if nodes[claim.site] is node), None)


def telling(inquiry: Inquiry) -> Iterator[int]:
    """Yield the standard losses whose gradients the step computes somewhere: by most parameters."""
    seen = computed(inquiry)
    for index, candidate in enumerate(inquiry.candidates):
        paths = inquiry.decided(index) if candidate.standard else []
        if paths and _is_mostly_made(inquiry, index, paths, seen):
            yield index


def _is_mostly_made(inquiry: Inquiry, candidate: int, paths: Sequence[Path], seen: Seen) -> bool:
    """Tell whether the step computes most parameters' gradients; look no longer than that takes."""
    missing, enough = 0, (1 - _MOST) * len(paths)
    for path in paths:
        missing += not any(True for _ in _exact(inquiry, candidate, path, seen))
        if missing >= enough:
            return False
    return True


def _is_alone(inquiry: Inquiry, path: Path, found: Mapping[Path, Claim]) -> bool:
    """Tell a single number that is rescaled by itself: at any one point, any factor explains it."""
    if found[path].why != "rescaling" or np.size(inquiry.points[0].point[path]) > 1:
        return False
    own = _factors(inquiry, path, found[path])
    others = (_factors(inquiry, p, c) for p, c in found.items() if p != path)
    return not any(np.allclose(own, other, rtol=_SAME) for other in others)


def _factors(inquiry: Inquiry, path: Path, claim: Claim) -> Array:
    """Return by what a gradient is multiplied in its update, at each point."""
    pairs = zip(inquiry.rows(path, 0), claim.rows, strict=True)
    sizes = [(np.linalg.norm(one.claim), np.linalg.norm(other.claim)) for one, other in pairs]
    return np.array([float(update / gradient) for update, gradient in sizes])


def _decays(inquiry: Inquiry, candidate: int, odd: Sequence[Path]) -> dict[Path, Claim]:
    """Return the updates less a weight decay: of what fits then, and of what shares its update."""
    sites = {u.path: u.site for u in inquiry.found.updates if u.site >= 0}
    found = {
        path: claim
        for path in odd
        if path in sites and (claim := _decayed(inquiry, candidate, path, sites[path])) is not None
    }
    shared = {claim.site: claim.decay for claim in found.values() if claim.decay is not None}
    for path in odd:
        if path not in found and sites.get(path) in shared:
            site = sites[path]
            found[path] = _less(inquiry, candidate, path, site, shared[site])
    return found


def _decayed(inquiry: Inquiry, candidate: int, path: Path, site: int) -> Claim | None:
    """Return the update less a multiple of the parameter itself, where that is the gradient.

    Or of its signs. Who writes no loss need not write that it has a regularisation. Entries that
    the step does not change are not regularised by it either.
    """
    rows = inquiry.rows(path, candidate)
    claim, slope = (np.concatenate([getattr(r, name) for r in rows]) for name in ("claim", "slope"))
    kinds = (False, True) if np.size(inquiry.points[0].point[path]) > 1 else (False,)
    for signs in kinds:
        pull = np.concatenate(along(inquiry, path, Decay(share=1.0, signs=signs)))
        columns = np.stack([slope, pull], axis=1)
        if not np.all(np.isfinite(claim)) or not np.all(np.isfinite(columns)):
            return None
        factors, *_ = np.linalg.lstsq(columns, claim, rcond=None)
        decay = Decay(share=float(factors[1]), signs=signs)
        found = _less(inquiry, candidate, path, site, decay)
        if found.fit.exact and factors[0] * factors[1] > 0:
            return found
    return None


def _less(inquiry: Inquiry, candidate: int, path: Path, site: int, decay: Decay) -> Claim:
    pairs = zip(inquiry.rows(path, candidate), along(inquiry, path, decay), strict=True)
    rows = tuple(replace(row, claim=row.claim - own) for row, own in pairs)
    return Claim(site=site, rows=rows, fit=fit(rows), why="weight decay", decay=decay)


def along(inquiry: Inquiry, path: Path, decay: Decay) -> list[Array]:
    """Return what is taken off a parameter's entries that the step changes, along the lines."""
    found = []
    for point in inquiry.points:
        touched = decay.of(frozen(point.point[path])) * (np.asarray(point.claims[path]) != 0)
        found.append(point.lines[path].reshape(len(point.lines[path]), -1) @ np.ravel(touched))
    return found


def _explained(inquiry: Inquiry, candidate: int, path: Path, seen: Seen) -> Claim | None:
    """Return the latest gradient variable from which something known leads to the update.

    What is only kept for later, behind the update, tells nothing of how that follows it. Nor does a
    part of a square, as in `0.001 * g * g`: turned round alone, it turns what the update is divided
    by. So one that the update follows downhill counts for more than one uphill.
    """
    rising: Claim | None = None
    kept: Claim | None = None
    for claim in _latest_first(inquiry, list(_exact(inquiry, candidate, path, seen))):
        why = _reason(inquiry, path, claim, seen)
        if why is not None:
            turned, is_followed = signed(inquiry, path, claim)
            found = replace(turned, why=why)
            if is_followed and not found.ascends:
                return found
            if is_followed:
                rising = rising or found
            kept = kept or found
    return rising or kept


def _latest_first(inquiry: Inquiry, claims: Sequence[Claim]) -> list[Claim]:
    """Order claims so that what the program stores comes before mere parts of expressions."""
    sites = inquiry.machine.sites
    stored = [claim for claim in claims if sites[claim.site].names]
    passing = [claim for claim in claims if not sites[claim.site].names]
    return [*reversed(stored), *reversed(passing)]


def _exact(inquiry: Inquiry, candidate: int, path: Path, seen: Seen) -> Iterator[Claim]:
    """Yield the sites whose values are a parameter's gradient, up to one scale, as they come."""
    first, *others = inquiry.points
    for site, back, values in seen.of(np.shape(first.point[path])):
        own = first.rows(path, candidate, values[0])
        if is_far_off(own):
            continue
        rest = zip(others, values[1:], strict=True)
        rows = (own, *(point.rows(path, candidate, value) for point, value in rest))
        one = fit(rows)
        if one.exact:
            yield Claim(site=site, rows=rows, fit=one, why="", back=back)


def _reason(inquiry: Inquiry, path: Path, claim: Claim, seen: Seen) -> str | None:
    """Say what lies between a gradient variable and the update; None where nothing known does."""
    value = partial(claim.value, shape=np.shape(inquiry.points[0].point[path]))
    if has_state(inquiry, path, claim.site, value, updating(inquiry, path)):
        return "optimizer"
    pairs = []
    for point, values in zip(inquiry.points, seen.values, strict=True):
        key = claim.site, np.shape(point.point[path])
        pairs.append(
            (
                np.ravel(point.claims[path]),
                np.ravel(values[key][-claim.back]),
                np.ravel(frozen(point.point[path])),
            )
        )
    why = _way(pairs)
    if why in (None, "rescaling"):
        # A single number is always some multiple of another. The way is the same where the
        # negative of a gradient is followed uphill.
        turned = _way([(change, -value, own) for change, value, own in pairs])
        why = turned if turned and signed(inquiry, path, claim)[1] else why
    if why is not None:
        return why
    downhill = all(change @ value * claim.fit.scale > 0 for change, value, _ in pairs)
    return "optimizer" if downhill and solves(inquiry.machine) else None


def _way(pairs: Sequence[tuple[Array, Array, Array]]) -> str | None:
    """Say which way leads from a value to the claim, of a parameter, at all points."""
    # One number says nothing at one point; several do, if what is cut is cut at one bound.
    columns = [np.concatenate(part) for part in zip(*pairs, strict=True)]
    rescaled = all(is_multiple(change, value) for change, value, _ in pairs)
    if rescaled and columns[0].size > len(pairs):
        return "rescaling"
    clips = [columns] if columns[0].size == len(pairs) else pairs
    if all(is_clipped(change, value) for change, value, *_ in clips):
        return "clipping"
    if rescaled:
        return "rescaling"
    if is_bounded(pairs):
        return "clipping"
    if is_decayed(pairs):
        return "weight decay"
    return "rescaling" if all(is_shrunk(*pair) for pair in pairs) else None
