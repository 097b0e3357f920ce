"""Guesses at what nobody said: constructors' arguments, and inputs that are hostile but legal.

Sizes are small and differ, so that a transpose or a wrong axis shows: a batch of 1 and of 3, one
time step and several, images that are higher than wide, windows that overlap, ids that repeat.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.chance import Chance
from gradcheck.errors import ClaimError
from gradcheck.module.calling import required
from gradcheck.record import record

BATCHES = (3, 1)
STEPS = (4, 1)
IMAGE = (6, 5)
"""Rows and columns of an image."""

CHANNELS = 2
"""Channels of an image for a layer that takes any."""

SIZES = (5, 7, 3, 2, 11, 13)
"""Sizes that are taken one after the other."""

_KNOWN = {"kernel": 3, "filter_size": 3, "field": 3, "pool": 2, "stride": 2, "pad": 1, "head": 2,
          "group": 1, "in_ch": 2, "c_in": 2, "out_ch": 3, "c_out": 3, "filters": 3, "channels": 2,
"vocab": 7, "embeddings": 7, "entries": 7}  # fmt: skip


@record
class Input:
    """One way to feed a layer: its label, and the arrays in the order of the arguments."""

    label: str
    arrays: tuple[Array, ...]


def arguments(kind: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a constructor is to be given; raises ClaimError where nothing can be guessed."""
    try:
        wanted = inspect.signature(kind).parameters.values()
    except (TypeError, ValueError):
        return dict(given)
    unknown = set(given) - {p.name for p in wanted}
    if unknown and not any(p.kind is p.VAR_KEYWORD for p in wanted):
        raise ClaimError(
            f"{kind.__name__} takes no argument {min(unknown)!r}; it takes "
            f"{', '.join(p.name for p in wanted)}"
        )
    sizes = iter(SIZES)
    chosen = dict(given)
    for parameter in wanted:
        positional = parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD,
                                        parameter.KEYWORD_ONLY)  # fmt: skip
        if parameter.name in given or parameter.default is not parameter.empty or not positional:
            continue
        chosen[parameter.name] = _argument(kind.__name__, parameter, sizes)
    return chosen


def _argument(name: str, parameter: inspect.Parameter, sizes: Iterator[int]) -> int:
    plain = parameter.name.lower()
    size = next((size for part, size in _KNOWN.items() if part in plain), None) or next(sizes, None)
    if size is None or parameter.annotation not in (parameter.empty, int, "int"):
        raise ClaimError(
            f"nothing is known of the argument {parameter.name!r} of {name}; say "
            f"--set {parameter.name}=VALUE"
        )
    return size


def inputs(forward: Callable[..., Any], sizes: Sequence[int]) -> Iterator[tuple[Input, ...]]:
    """Yield families of inputs of one kind, the plain ones first; `sizes` are the layer's own.

    A layer takes the first family whose first member it can be run with.
    """
    _, needed = required(forward)
    count = max(1, needed)
    widths = dict.fromkeys((*sizes, *SIZES[:2]))
    for width in widths:
        yield _family(count, [(b, width) for b in BATCHES])
    for width in widths:
        steps = [(BATCHES[0], STEPS[0], width), (BATCHES[0], STEPS[1], width)]
        yield _family(count, [*steps, (BATCHES[1], STEPS[0], width)])
    for width in dict.fromkeys((*sizes, CHANNELS)):
        yield _family(count, [(b, width, *IMAGE) for b in BATCHES], ties=True)
    for width in dict.fromkeys((*sizes, CHANNELS)):
        yield _family(count, [(b, *IMAGE, width) for b in BATCHES], ties=True)
    for bound in dict.fromkeys((*sorted(sizes), SIZES[0])):
        yield _ids(count, bound)
    for width in widths:
        yield _family(count, [(width,)])


def _family(count: int, shapes: Sequence[Shape], *, ties: bool = False) -> tuple[Input, ...]:
    found = [Input(label=spoken(shape), arrays=(drawn(shape),) * count) for shape in shapes]
    if ties:
        tied = np.round(drawn(shapes[0]) * 2) / 2
        found.append(Input(label=f"{spoken(shapes[0])} with ties", arrays=(tied,) * count))
    return tuple(found)


def _ids(count: int, bound: int) -> tuple[Input, ...]:
    found = []
    for shape in ((BATCHES[0], STEPS[0]), (BATCHES[1], STEPS[1])):
        ids = Chance([7]).integers(0, max(1, bound - 1), shape)
        found.append(Input(label=f"{spoken(shape)} of ids", arrays=(ids,) * count))
    return tuple(found)


def drawn(shape: Shape, seed: int = 3) -> Array:
    """Return random numbers of a shape."""
    return np.asarray(Chance([seed, len(shape)]).normal(size=shape))


def spoken(shape: Shape) -> str:
    return "x".join(map(str, shape))
