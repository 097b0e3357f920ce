"""Random signed directions.

Entries are sign times a size uniform in [0.5, 1.5): signs alone let two equal errors cancel
with probability one half, and a uniform [0, 1) hides whatever it draws near zero.
"""

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.chance import Chance


def draw(rng: Chance, shape: Shape) -> Array:
    """Draw one direction of the given shape."""
    found = rng.random(shape)
    found -= 0.5
    found *= 2.0
    found += np.copysign(0.5, found)
    return found
