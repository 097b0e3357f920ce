"""The factor that all claims have in common, where their scale is free."""

from collections.abc import Mapping

import numpy as np

from gradcheck.referee.gradients import Numeric
from gradcheck.referee.nearby import Nearby


def common_factor(found: Mapping[str, Numeric], near: Nearby) -> float:
    """Return the positive factor that explains the claims of most parameters; 1 if none does."""
    pairs = [(near.own(name), reference) for name, reference in found.items()]
    best, most = 1.0, 0
    for claimed, reference in pairs:
        length = float(reference.value[:] @ reference.value[:])
        factor = float(reference.of(claimed) @ reference.value[:]) / length if length else 0.0
        if factor <= 0:
            continue
        hits = sum(
            bool(
                np.linalg.norm(r.of(c) - factor * r.value[:])
                <= 1e-6 * np.linalg.norm(factor * r.value[:])
            )
            for c, r in pairs
        )
        if hits > most:
            best, most = factor, hits
    return best
