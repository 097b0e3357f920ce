"""Parameters that an update spreads to more entries than they were made with."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import numpy as np

from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.steps import Trial
from gradcheck.paste.understanding.values import frozen


def are_spread(made: Trial, shapes: Mapping[Path, tuple[int, ...]]) -> bool:
    """Tell whether an update stretches a parameter to as many entries as there are samples.

    So a bias does whose gradient is summed over the wrong axis. One that only takes on its size
    when it is updated, as a number may, gets a size that the weights have as well.
    """
    values = made.before.values
    if made.failed or any(path not in values for path in shapes):
        return False
    old = {path: np.shape(frozen(values[path])) for path in shapes}
    known = {size for shape in old.values() for size in shape}
    spread = [path for path, new in shapes.items() if _is_spread(old[path], new, known)]
    return any(old[path] for path in spread) or 0 < len(spread) < len(old)


def _is_spread(old: tuple[int, ...], new: tuple[int, ...], known: AbstractSet[int]) -> bool:
    padded = (1,) * (len(new) - len(old)) + old
    return len(padded) == len(new) and any(
        n != o and n not in known for o, n in zip(padded, new, strict=True)
    )
