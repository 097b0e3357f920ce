"""Layers as subjects: a forward and a backward pass under a random upstream gradient.

The loss is the sum of the output's entries, each times its upstream gradient, so that what the
backward pass makes of that upstream gradient is the gradient of the loss.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.errors import ClaimError
from gradcheck.module.calling import changed
from gradcheck.module.harvest import Harvest
from gradcheck.module.passes import Back, Passes
from gradcheck.module.subject import UPSTREAM, About, Losses, Moved, Point
from gradcheck.problem import Claims, Fact


class Layer:
    """A layer as a subject; `seed` is that of the upstream gradient."""

    def __init__(self, passes: Passes, harvest: Harvest, seed: int = 0) -> None:
        self._passes = passes
        self._harvest = harvest
        own, output, upstream = started(passes, seed)
        first, facts = passes.back(own, lambda back: (self._read(back, own), self._spoilt(back)))
        unclaimed = [name for name in passes.moving if name not in first]
        self.about = About(
            name=passes.name,
            own=own,
            claimed=frozenset(own.parameters) - set(unclaimed),
            inputs=passes.moving,
            batch=_samples(output, own, passes),
            facts=tuple(facts),
            remarks=(
                *harvest.remarks,
                *([_unclaimed(unclaimed)] if unclaimed else []),
                *([] if upstream else [ALONE]),
                *([FIRST] if passes.upstreams > 1 else []),
            ),
        )

    def losses(self, point: Point, moved: Moved) -> Losses:
        terms = [self._terms(point, {moved.parameter: value}) for value in moved.values]
        return Losses(
            value=np.asarray([some.sum() for some in terms]),
            magnitude=np.asarray([_magnitude(some) for some in terms]),
        )

    def claims(self, point: Point) -> Claims:
        return self._passes.back(point, lambda back: self._read(back, point))

    def output(self, point: Point) -> Array | None:
        return self._passes.output(point)

    def _terms(self, point: Point, moved: Mapping[str, Array]) -> Array:
        there = Point(parameters={**point.parameters, **moved}, data=point.data)
        is_complex = any(np.iscomplexobj(value) for value in moved.values())
        output = self._passes.complex_output(there) if is_complex else self._passes.output(there)
        upstream = point.data[UPSTREAM]
        if output.shape != upstream.shape:
            raise ClaimError(
                f"{self._passes.name}.forward gives shape {output.shape}, but {upstream.shape} at "
                "the given point"
            )
        return np.asarray(output * upstream)

    def _read(self, back: Back, point: Point) -> dict[str, Array]:
        found = self._harvest.gradients(self._passes.moving, back.returned, point.parameters)
        return {**back.updates, **found}

    def _spoilt(self, back: Back) -> list[Fact]:
        """Tell of arguments that the passes changed in place."""
        return list(_tampered(self._passes, back))


ALONE = "the backward pass takes no upstream gradient, so it was checked for 1"

FIRST = (
    "only the first output is in the loss: how gradients go back from the others was not checked"
)


def started(passes: Passes, seed: int) -> tuple[Point, Array, bool]:
    """Return the user's own point with an upstream gradient, the output there, and whether the
    backward pass takes one.

    Raises ClaimError where it takes none though there are several outputs.
    """
    own = passes.own
    output = passes.output(own)
    takes = passes.takes_upstream
    if not takes and output.size != 1:
        raise ClaimError(
            f"{passes.name}.backward takes no upstream gradient, but the output has shape "
            f"{output.shape}; expected backward(upstream), or an output that is the loss"
        )
    drawn = Chance([seed, 1]).normal(size=output.shape) if takes else np.ones(output.shape)
    data = {**own.data, UPSTREAM: np.asarray(drawn)}
    return Point(parameters=own.parameters, data=data), output, takes


def _tampered(passes: Passes, back: Back) -> Iterator[Fact]:
    own = started(passes, 0)[0]
    pairs = [
        (name, np.asarray(given), handed)
        for name, given, handed in zip(passes.inputs, passes.given(own), back.handed, strict=True)
        if isinstance(handed, np.ndarray)
    ]
    spoilt = changed([a for _, a, _ in pairs], [b for _, _, b in pairs])
    if spoilt:
        evidence = ("compared byte by byte before and after both passes",)
        names = tuple(pairs[k][0] for k in spoilt)
        yield Fact(code="CHK07", parameters=names, evidence=evidence)


def _samples(output: Array, own: Point, passes: Passes) -> int | None:
    """Return the number of samples, by the output or, of a loss, by its first input."""
    if output.ndim:
        return int(output.shape[0])
    shapes = [own.parameters[name].shape for name in passes.moving]
    return shapes[0][0] if shapes and shapes[0] else None


def _magnitude(terms: Array) -> complex:
    """Return the sum of absolute terms, by real and imaginary part."""
    total = float(np.abs(terms.real).sum())
    return total + 1j * float(np.abs(terms.imag).sum()) if np.iscomplexobj(terms) else total


def _unclaimed(names: list[str]) -> str:
    return f"no gradient is returned for {', '.join(names)}, so it was not checked"
