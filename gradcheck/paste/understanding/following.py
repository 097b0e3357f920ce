"""What follows the parameters, and is none: velocities, and running means of the parameters."""

import ast
from collections.abc import Iterable

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.machine import Machine
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.runtime import Event
from gradcheck.paste.understanding.steps import Trial
from gradcheck.paste.understanding.values import frozen

_MULTIPLE = 1e-9
_SHARE = 1e-6
_FEW = 2


def is_velocity(base: Trial, path: Path, others: Iterable[Path]) -> bool:
    """Tell what others are changed by, as by the velocity of a momentum that looks ahead."""
    own = np.asarray(frozen(base.after.values[path]))
    for other in others:
        change = np.asarray(base.change(other))
        if other == path or change.shape != own.shape or not np.any(change) or not np.any(own):
            continue
        factor = np.sum(change * own) / np.sum(own * own) if own.size > 1 else np.sign(change * own)
        if np.linalg.norm(change - factor * own) <= _MULTIPLE * np.linalg.norm(change):
            return True
    return False


def is_follower(base: Trial, path: Path, others: Iterable[Path]) -> bool:
    """Tell what becomes a mean of itself and another one, as the weights of a target network."""
    old, new = (np.ravel(frozen(state.values[path])) for state in (base.before, base.after))
    if old.size <= _FEW or old.shape != new.shape:
        return False
    for other in others:
        for state in (base.before, base.after):
            led = np.ravel(frozen(state.values[other]))
            if other == path or led.shape != new.shape:
                continue
            columns = np.stack([old, led], axis=1)
            factors, *_ = np.linalg.lstsq(columns, new, rcond=None)
            left = np.linalg.norm(new - columns @ factors)
            is_mean = abs(factors[0] + factors[1] - 1) < _SHARE < factors[1]
            if is_mean and left <= _MULTIPLE * np.linalg.norm(new):
                return True
    return False


def carries_on(machine: Machine, trial: Trial, event: Event) -> bool:
    """Tell what a kept thing becomes, of a share of itself, as a velocity: `v = mu*v - lr*g`."""
    node, names = machine.nodes[event.site], machine.sites[event.site].names
    inside = {getattr(part, "attr", getattr(part, "id", None)) for part in ast.walk(node)}
    inside |= {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}
    if names[:1] == () or names[0] not in inside:
        return False
    sides = [np.ravel(side) for side in (event.left, event.right) if np.size(side) > 1]
    shape = np.shape(event.value)
    kept = [np.ravel(v) for v in map(frozen, trial.before.values.values()) if np.shape(v) == shape]
    return any(_is_share(side, own) for side in sides for own in kept)


def _is_share(side: Array, own: Array) -> bool:
    """Tell a multiple of what is kept, and zeros of zeros."""
    size = float(own @ own)
    if side.shape != own.shape or not size:
        return side.shape == own.shape and not np.any(side)
    return bool(np.allclose(side, side @ own / size * own, rtol=_MULTIPLE, atol=0)) and bool(
        np.any(side)
    )
