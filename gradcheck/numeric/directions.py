"""Random signed directions.

Entries are sign times a size uniform in [0.5, 1.5): signs alone let two equal errors cancel
with probability one half, and a uniform [0, 1) hides whatever it draws near zero.
"""

import numpy as np

from gradcheck.array import Array, Shape


def draw(rng: np.random.Generator, shape: Shape) -> Array:
    """Draw one direction of the given shape."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.5, 1.5, size=shape)
