"""The problem: a target, normalised to parameters, a loss to evaluate and claimed gradients.

Whatever the target was, a config, pasted code or somebody's layer, the referee sees only
this. The functions in it may be answered by a child process, so they take and give
plain data, many points at a time.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Literal, TypeAlias

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.outer import Inner, Outer
from gradcheck.record import record
from gradcheck.report import Location


@record
class Probe:
    """A point at which a check is made: the parameters and the batch, inputs and targets alike."""

    name: str
    parameters: Mapping[str, Array]
    data: Mapping[str, Array]


@record
class Kink:
    """A place where the loss's derivative jumps: one element of an array in one op.

    The array, of that `shape`, is the op's first input, or what the op says has its kinks. `size`
    is how large a change of the element is certain to be felt yet changes nothing else worth
    mentioning. `parameter` names the parameter that the element is an entry of, if only the
    derivative by that entry jumps.
    """

    node: str
    index: tuple[int, ...]
    shape: Shape
    size: float
    parameter: str | None = None


@record
class Nudge:
    """A minute shift of elements of arrays in ops, which puts them on one side of their kinks."""

    shifts: Mapping[str, Array]


@record
class Moves:
    """K lines through one parameter: single entries (flat `indices`, K) or `directions` (K, shape).

    A step s moves line k by s * scale[k] times its entry or direction.
    """

    parameter: str
    scale: Array
    indices: Array | None = None
    directions: Array | None = None

    def __len__(self) -> int:
        return len(self.scale)

    def part(self, start: int, stop: int) -> "Moves":
        """Return the lines from `start` up to `stop`."""
        return self.some(slice(start, stop))

    def some(self, lines: slice | Sequence[int]) -> "Moves":
        """Return some of the lines."""
        return Moves(
            parameter=self.parameter,
            scale=self.scale[lines],
            indices=None if self.indices is None else self.indices[lines],
            directions=None if self.directions is None else self.directions[lines],
        )

    def each(self, value: Array, step: complex) -> Iterator[Array]:
        """Yield a parameter's `value`, moved along one line after the other.

        Of single entries it is always the same array, with another entry moved.
        """
        if self.indices is None:
            yield from (self.moved(value, line, step) for line in range(len(self)))
            return
        moved = value.astype(np.result_type(value, type(step)))
        for index, scale in zip(self.indices, self.scale, strict=True):
            own = moved.flat[index]
            moved.flat[index] = own + step * scale
            yield moved
            moved.flat[index] = own

    def moved(self, value: Array, line: int, step: complex) -> Array:
        """Return a copy of the parameter's `value`, moved by `step` along one line."""
        amount = step * self.scale[line]
        copy = np.empty(value.shape, dtype=np.result_type(value, type(amount)))
        if self.directions is None:
            assert self.indices is not None
            copy[...] = value
            copy.flat[self.indices[line]] += amount
        elif np.iscomplexobj(copy):
            np.multiply(self.directions[line], amount.real, out=copy.real)
            np.multiply(self.directions[line], amount.imag, out=copy.imag)
            copy.real += value
        else:
            np.multiply(self.directions[line], amount, out=copy)
            copy += value
        return copy


SIZE = 2**14
"""Entries of one piece of work: enough to outweigh handing it out, few enough for a budget of
seconds."""


@record
class Piece:
    """Some of the moves that make the derivative by one use of a parameter, entry by entry.

    Plain data, to be handed out: the node that uses it and what it calls it, and which moves.
    """

    node: str
    local: str
    first: int
    stop: int

    @property
    def moves(self) -> slice:
        return slice(self.first, self.stop)


Part: TypeAlias = tuple[Array, Array]
"""Derivatives, and the sums of the absolute terms that were added up to them."""


def cut(node: str, local: str, moves: int) -> list[Piece]:
    """Cut so many moves into pieces, always at the same places.

    How losses are stacked may change their last bits: so the numbers are the same whoever makes
    them.
    """
    return [
        Piece(node=node, local=local, first=first, stop=min(first + SIZE, moves))
        for first in range(0, max(1, moves), SIZE)
    ]


@record
class Effort:
    """What may be done to differentiate by a whole parameter: at most `limit` evaluations.

    With `each`, every entry must get an evaluation of its own; `elsewhere`, where it is given,
    has several pieces of that measured by others, and returns them in order.
    """

    limit: int = sys.maxsize
    each: bool = False
    elsewhere: Callable[[Sequence[Piece]], Iterable[Part | None]] | None = None


@record
class Derivative:
    """The gradient of one parameter, flat, by imaginary parts.

    `magnitude` is, for each entry, the sum of the absolute terms that were added up to it, or not
    much more.
    """

    value: Array | Inner
    magnitude: Array | Outer
    evaluations: int


Evaluate: TypeAlias = Callable[[Probe, Moves, Array, Nudge | None], tuple[Array, Array]]
Plain: TypeAlias = Callable[[Probe, Moves, Array], tuple[Array, Array]]
Differentiate: TypeAlias = Callable[[Probe, str, Nudge | None, Effort], Derivative | None]
Claims: TypeAlias = Mapping[str, Array]


@record
class Fact:
    """What a reader should know of a target: the `code` that explains it, and what was measured."""

    code: str
    parameters: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


LOST, KINKS = 13, 5
"""Evaluations that `Problem.lost` and `Problem.kinks` may take at most."""


@record
class Lost:
    """Why moving a parameter does not change the loss, to first order.

    `how` it gets lost: nothing uses it (`unused`); some place does not feel it however far it moves
    (`always`), or unless it moves far (`nearby`); the terms of the loss change but not their sum
    (`cancelled`); or the loss changes in second order only (`stationary`). `place` is the layer
    that does not hand it on, `own` tells that this is the parameter's own.
    """

    how: Literal["unused", "always", "nearby", "cancelled", "stationary"]
    place: str = ""
    own: bool = False


@record
class Problem:
    """A target, ready to be refereed.

    `probe(k, attempt)` makes probe number k, 0 being the user's own; a later attempt makes
    another in its place. `probes` bounds their number (None for as many as wanted).
    `evaluate(probe, moves, steps, nudge)` gives the losses at S steps along K lines and
    their magnitudes, both (S, K), as `numeric.estimate.Values` has them; `plain` gives the
    same by one whole forward pass for every point. `derivative(probe, parameter,
    nudge, effort)` differentiates by all of a parameter at once, with no more effort than that, or
    returns None where the problem's structure does not allow that; `measure(probe, piece)` makes a
    piece of that elsewhere. With complex steps, any of them may raise NotAnalyticError. `claims`
    gives the claimed gradients at each probe, the sign already that of a gradient, in the precision
    they were computed in; a parameter that is left out has none. `dumped` says that they can't be
    had at another point than the user's own. `jitter(probe, seed, epsilon)` moves every number of
    a probe by about a rounding error. `kinks(probe)` lists the elements that sit on a kink,
    all of them if `kinks_known`; `resting(probe)` tells whether there are others that do not leave
    theirs to first order, whatever moves. `overhead()` counts the
    evaluations at probes themselves so far that nobody asked for but others started from.
    `lost(probe, parameter)` tells why a gradient of zero is zero, in at most `LOST` evaluations
    that `overhead()` counts as well, and `trouble(probe)` where a loss that is not finite comes
    from, where that is known. `terms(probe, parameter, entries)` gives the sizes of the terms that
    derivatives by some entries are made of, where the structure shows them, in one evaluation for
    each entry and one more, which `overhead()` counts; `paths` the same of the sizes of what all
    paths through the structure contribute, in one evaluation for each.
    `afresh(probe)` gives the claims once more, by code that has never run before, if claims are
    made by code that may remember; `settled` says that no code of the user's makes them or the
    loss, so that asking again is no use. `conventions`, `facts` and `remarks` are what the front
    end noticed: deviations that are no mistakes, what has a code, and the rest. `larger` says how
    whoever made the problem asks for a larger budget. `epsilon` is the unit of rounding of losses:
    where it is not that of double precision, magnitudes are larger by as much.
    """

    name: str
    target: str
    shapes: Mapping[str, Shape]
    probe: Callable[[int, int], Probe]
    evaluate: Evaluate
    plain: Plain
    derivative: Differentiate
    measure: Callable[[Probe, Piece], Part | None]
    claims: Callable[[Sequence[Probe]], Sequence[Claims]]
    jitter: Callable[[Probe, int, float], Probe]
    kinks: Callable[[Probe], Sequence[Kink]]
    resting: Callable[[Probe], bool] = lambda probe: False
    overhead: Callable[[], int] = lambda: 0
    complex_safe: bool = True
    kinks_known: bool = True
    probes: int | None = None
    dumped: bool = False
    settled: bool = False
    scale_free: bool = False
    accepted: Mapping[str, str] = field(default_factory=dict)
    claimed: frozenset[str] | None = None
    """The parameters that the user claims gradients for; None for all."""
    locations: Mapping[str, Location] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    larger: str = "--budget, or budget under check:,"
    epsilon: float = float(np.finfo(np.float64).eps)
    conventions: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    lost: Callable[[Probe, str], Lost | None] | None = None
    terms: Callable[[Probe, str, Sequence[int]], Array] | None = None
    paths: Callable[[Probe, str, Sequence[int]], Array] | None = None
    trouble: Callable[[Probe], str] | None = None
    afresh: Callable[[Probe], Claims] | None = None
