"""Names of parameters as different people write them: `self.W1`, `net.W1`, `params['W1']`, `W1`."""

import re
from collections.abc import Iterable

_PIECE = re.compile(r"[^\W\d]\w*|-?\d+", re.UNICODE)


def same_names(found: Iterable[str], wanted: Iterable[str]) -> bool:
    """Tell whether two lists name the same parameters, in whatever order."""
    left = list(found)
    for name in wanted:
        match = next((other for other in left if same_name(other, name)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def same_name(one: str, other: str) -> bool:
    """Tell whether two names end in the same steps, whatever they start from."""
    first, second = _PIECE.findall(one), _PIECE.findall(other)
    if len(first) == len(second) > 1:
        return first[1:] == second[1:]
    short, long = sorted((first, second), key=len)
    return long[len(long) - len(short) :] == short
