"""Subjects as problems: their probes, and what the referee asks of them."""

from collections.abc import Sequence
from dataclasses import replace
from zlib import crc32

import numpy as np

from gradcheck.array import Array
from gradcheck.chance import Chance
from gradcheck.config.data import OWN, jitter
from gradcheck.errors import NotAnalyticError
from gradcheck.module.subject import UPSTREAM, Losses, Moved, Point, Subject
from gradcheck.numeric.estimate import EPS
from gradcheck.problem import Claims, Moves, Nudge, Probe, Problem

CHUNK = 2**21
"""Numbers of moved parameters that are made at once."""

TINY = 2.0**-100
"""The imaginary part, relative to the real one, with which complex numbers are tried."""

AGREEMENT = 1e-9
"""How far the real part of the loss may be from what real numbers give, relatively."""

SPREAD = 0.4
"""By how much, in natural logarithms, numbers of one sign are stretched or shrunk."""


def problem_of(subject: Subject, target: str, seed: int, larger: str) -> Problem:
    """Make a problem of a subject; `larger` says how a larger budget is asked for."""
    about = subject.about
    asked = _Asked(subject)
    return Problem(
        name=about.name,
        target=target,
        shapes={name: value.shape for name, value in about.own.parameters.items()},
        probe=lambda number, attempt: _probe(about.own, seed, number, attempt),
        evaluate=asked.evaluate,
        plain=asked.plain,
        derivative=lambda probe, name, nudge, effort: None,
        measure=lambda probe, piece: None,
        claims=asked.claims,
        jitter=jitter,
        kinks=lambda probe: (),
        complex_safe=asked.is_analytic(),
        kinks_known=False,
        probes=1 if about.dumped else None,
        dumped=about.dumped,
        claimed=about.claimed,
        facts=about.facts,
        remarks=about.remarks,
        larger=larger,
        epsilon=about.epsilon,
    )


class _Asked:
    """The functions of a problem, answered by a subject."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._coarseness = subject.about.epsilon / EPS

    def evaluate(
        self,
        probe: Probe,
        moves: Moves,
        steps: Array,
        nudge: Nudge | None,  # noqa: ARG002
    ) -> tuple[Array, Array]:
        found = self._losses(probe, moves, steps)
        return found.value, found.magnitude

    def plain(self, probe: Probe, moves: Moves, steps: Array) -> tuple[Array, Array]:
        return self.evaluate(probe, moves, steps, None)

    def claims(self, probes: Sequence[Probe]) -> list[Claims]:
        return [self._subject.claims(_point(probe)) for probe in probes]

    def is_analytic(self) -> bool:
        """Tell whether complex numbers come through for any parameter and change nothing else."""
        own = self._subject.about.own
        return any(self._comes_through(own, name) for name in own.parameters)

    def _comes_through(self, own: Point, name: str) -> bool:
        value = own.parameters[name]
        try:
            found = self._at(own, Moved(parameter=name, values=(value * (1 + 1j * TINY))[None]))
        except NotAnalyticError:
            return False
        plain = self._at(own, Moved(parameter=name, values=value[None]))
        apart = abs(found.value[0].real - plain.value[0].real)
        return bool(apart <= AGREEMENT * plain.magnitude[0].real)

    def _at(self, point: Point, moved: Moved) -> Losses:
        """Return what the subject gives, with magnitudes that tell of its rounding."""
        found = self._subject.losses(point, moved)
        return replace(found, magnitude=found.magnitude * self._coarseness)

    def _losses(self, probe: Probe, moves: Moves, steps: Array) -> Losses:
        """Return losses and magnitudes, both (S, K), a bounded number of points at a time."""
        point, value = _point(probe), probe.parameters[moves.parameter]
        places = [(step, line) for step in steps.tolist() for line in range(len(moves))]
        size = max(1, CHUNK // max(value.size, 1))
        found = [
            self._at(point, _moved(value, moves, places[first : first + size]))
            for first in range(0, len(places), size)
        ]
        shape = (len(steps), len(moves))
        return Losses(
            value=np.concatenate([some.value for some in found]).reshape(shape),
            magnitude=np.concatenate([some.magnitude for some in found]).reshape(shape),
        )


def _moved(value: Array, moves: Moves, places: Sequence[tuple[complex, int]]) -> Moved:
    values = [moves.moved(value, line, step) for step, line in places]
    return Moved(parameter=moves.parameter, values=np.stack(values))


def _point(probe: Probe) -> Point:
    return Point(parameters=probe.parameters, data=probe.data)


def _probe(own: Point, seed: int, number: int, attempt: int) -> Probe:
    """Make probe `number`, 0 being the user's own; values move, never a shape or a whole number."""
    if number == 0:
        return Probe(name=OWN, parameters=own.parameters, data=own.data)
    keys = [seed, number, attempt]
    return Probe(
        name=f"generated {number}",
        parameters={n: _drawn(x, _chance(keys, n)) for n, x in own.parameters.items()},
        data={n: _drawn(x, _chance(keys, n)) if n == UPSTREAM else x for n, x in own.data.items()},
    )


def _chance(keys: Sequence[int], name: str) -> Chance:
    return Chance([*keys, crc32(name.encode())])


def _drawn(value: Array, chance: Chance) -> Array:
    """Draw other numbers of the same kind: of the same signs where there is but one sign.

    Zeros among other numbers stay, for they may be a mask; where all are zero, small ones come.
    """
    if not value.size or (np.ptp(value) == 0 == value.flat[0] and value.ndim == 0):
        return value
    if not value.any():
        return np.asarray(chance.normal(0.0, 0.3, value.shape))
    if (value >= 0).all() or (value <= 0).all():
        return np.asarray(value * np.exp(chance.uniform(-SPREAD, SPREAD, value.shape)))
    size = float(np.sqrt(np.mean(value**2)))
    return np.where(value == 0, 0.0, chance.normal(0.0, size, value.shape))
