"""Probes: the config's own parameters and data, and generated ones of the same kind.

Everything random comes from the config's seed, the probe's number and the array's own
name, so that adding one array changes no other.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from zlib import crc32

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.chance import Chance
from gradcheck.config.draws import Fans, Rng
from gradcheck.config.network import unknown
from gradcheck.config.records import Section
from gradcheck.config.sources import ArraySource
from gradcheck.errors import ShapeError
from gradcheck.formula import FormulaError, evaluate_expression
from gradcheck.op import Op, Options, ParameterSpec
from gradcheck.problem import Fact, Probe
from gradcheck.record import record

DEFAULT_BATCH = 7
ROUNDINGS = 4.0
"""By how many roundings, at most, a number of a jittered probe differs from its original."""

OWN = "given"
"""The name of the probe that the config itself gives."""


@record
class Arrays:
    """Where every array of a problem comes from; `shapes` holds the full shape of each."""

    seed: int
    sources: Mapping[str, ArraySource]
    shapes: Mapping[str, Shape]
    parameters: Mapping[str, ParameterSpec]
    initial: Mapping[str, ArraySource]

    def probe(self, number: int, attempt: int = 0) -> Probe:
        """Make probe `number`; 0 is the config's own, `attempt` asks for another of the others."""
        keys = [self.seed, number, attempt]
        if number == 0:
            own = {name: self._drawn(name, keys) for name in self.parameters}
            return Probe(name=OWN, parameters=own, data=self._data(keys, None))
        parameters = {name: self._moved(name, keys) for name in self.parameters}
        rows = _rng([*keys, 0], "rows")
        return Probe(name=f"generated {number}", parameters=parameters, data=self._data(keys, rows))

    def _drawn(self, name: str, keys: list[int]) -> Array:
        """Draw a parameter from its source, or return what is given."""
        spec, source = self.parameters[name], self.initial.get(name)
        rng = _rng(keys, name)
        if source is None:
            return np.asarray(rng.uniform(-1, 1, spec.shape) / np.sqrt(spec.fan_in))
        if source.given is not None:
            return _fitted(source, source.given, spec.shape, f"parameter {name!r}")
        assert source.draw is not None
        return source.draw(rng, spec.shape, _fans(spec))

    def _moved(self, name: str, keys: list[int]) -> Array:
        """Draw a parameter anew where its source is random, else at the size that it has."""
        spec, source = self.parameters[name], self.initial.get(name)
        value = self._drawn(name, keys)
        if source is None or (source.draw is not None and value.size > 1 and np.ptp(value) > 0):
            return value
        size = float(np.sqrt(np.mean(value**2)))
        if size == 0:
            size = 0.3 if spec.role == "bias" else 1 / np.sqrt(spec.fan_in)
        return np.asarray(_rng([*keys, 1], name).normal(size=spec.shape) * size)

    def _data(self, keys: list[int], rows: Rng | None) -> dict[str, Array]:
        """Build the data: expressions last, so that they may use the rest and one another."""
        batch = next(iter(self.shapes.values()))[0]
        pick = _rows(rows, batch) if rows else None
        data: dict[str, Array] = {}
        for name, source in sorted(self.sources.items(), key=lambda s: s[1].expression is not None):
            shape = self.shapes[name]
            if source.given is not None:
                own = _fitted(source, source.given, shape, f"{name!r}")
                data[name] = _resampled(own, pick) if pick else own
            elif source.draw is not None:
                fans = Fans(inputs=shape[-1], outputs=shape[-1])
                data[name] = source.draw(_rng(keys, name), shape, fans)
            else:
                data[name] = _expressed(source, data, shape, name)
        return data


def jitter(probe: Probe, seed: int, epsilon: float) -> Probe:
    """Move every number of a probe by a few `epsilon` of itself; whole numbers in data stay."""

    def moved(name: str, value: Array) -> Array:
        size = ROUNDINGS * epsilon
        found = _rng([seed, 1], name).random(value.shape)
        found *= 2 * size
        found += 1 - size
        found *= value
        return found

    return Probe(
        name=probe.name,
        parameters={name: moved(name, value) for name, value in probe.parameters.items()},
        data={
            name: value if _whole(value) else moved(name, value)
            for name, value in probe.data.items()
        },
    )


def _rng(keys: list[int], name: str) -> Rng:
    return Chance([*keys, crc32(name.encode())])


def _fans(spec: ParameterSpec) -> Fans:
    return Fans(inputs=spec.fan_in, outputs=spec.fan_out)


def _whole(value: Array) -> bool:
    return bool((value == np.round(value)).all())


@record
class _Rows:
    """Which two given rows each new sample lies between, and where."""

    first: Array
    second: Array
    share: Array


def _rows(rng: Rng, batch: int) -> _Rows:
    return _Rows(
        first=rng.permutation(batch),
        second=rng.integers(0, batch, batch),
        share=rng.uniform(0, 1, batch),
    )


def _resampled(own: Array, pick: _Rows) -> Array:
    """Mix given rows: whole numbers and labels are only reordered, others move between two rows."""
    if _whole(own):
        return own[pick.first]
    share = pick.share.reshape(-1, *[1] * (own.ndim - 1))
    return np.asarray(own[pick.first] * (1 - share) + own[pick.second] * share)


def _fitted(source: ArraySource, given: Array, shape: Shape, what: str) -> Array:
    """Bring given values into the shape that is needed, if only axes of length 1 differ."""
    if given.shape == () and shape != ():
        return np.full(shape, float(given))
    squeezed = [n for n in given.shape if n != 1], [n for n in shape if n != 1]
    if given.shape != shape and squeezed[0] != squeezed[1]:
        raise source.error(
            f"{what} needs shape {shape}, but the values given have shape {given.shape}"
        )
    return given.reshape(shape)


def _expressed(source: ArraySource, data: Mapping[str, Array], shape: Shape, name: str) -> Array:
    assert source.expression is not None
    names = {**data, "m": np.asarray(float(shape[0]))}
    try:
        value = evaluate_expression(source.expression, names, {})
    except FormulaError as error:
        raise source.error_in_formula(error) from None
    try:
        return np.array(np.broadcast_to(value, shape))
    except ValueError:
        raise source.error(
            f"{name!r} needs shape {shape}, but the expression gives {np.shape(value)}"
        ) from None


def refuse_unbounded(probe: Probe, sources: Mapping[str, ArraySource]) -> None:
    """Refuse data that an expression or a draw made infinite or NaN."""
    for name, source in sources.items():
        values = probe.data[name]
        bad = np.argwhere(~np.isfinite(values))
        if len(bad):
            index = tuple(int(i) for i in bad[0])
            raise source.error(
                f"{name!r} is {values[index]} at {list(index)}; data are finite numbers"
            )


def batch_size(data: Section) -> int:
    """Return the number of samples: as given, else as the literal or file arrays have it."""
    given = {
        name: len(s.given)
        for name, s in data.values.items()
        if isinstance(s, ArraySource) and s.given is not None and s.given.ndim
    }
    batch = data.get("batch") or next(iter(given.values()), DEFAULT_BATCH)
    for name, count in given.items():
        if count != batch:
            raise data.error(
                f"{name!r} has {count} sample{'s' * (count != 1)}, but the batch has {batch}", name
            )
    return int(batch)


def target_shape(source: ArraySource, prediction: Shape, op: Op, options: Options) -> Shape:
    """Return the target's full shape: as given where the loss takes it, else the prediction's.

    Whole numbers are class numbers where the loss takes these.
    """
    batch = prediction[0]
    if source.shape is not None:
        return (batch, *source.shape)
    if source.classes is not None and source.given is None:
        return prediction[:-1]
    if source.given is None:
        numbers = source.whole and _takes(op, options, prediction, prediction[:-1])
        return prediction[:-1] if numbers else prediction
    shape = source.given.shape or prediction
    if _takes(op, options, prediction, shape):
        return shape
    plain = [n for n in shape if n != 1] == [n for n in prediction if n != 1]
    return prediction if plain else shape


def _takes(op: Op, options: Options, prediction: Shape, target: Shape) -> bool:
    """Tell whether a loss takes a target of some shape."""
    try:
        op.infer([prediction, target], options)
    except ShapeError:
        return False
    return True


def facts(initial: Mapping[str, ArraySource]) -> Iterator[Fact]:
    """Tell of parameters that are given in another type than float64."""
    for code, kinds in (("CHK04", ("int", "uint")), ("CHK01", ("float16", "float32"))):
        stored = {n: s.stored for n, s in initial.items() if s.stored.startswith(kinds)}
        if stored:
            evidence = f"given as {' and '.join(sorted({*stored.values()}))}, taken for float64"
            yield Fact(code=code, parameters=tuple(stored), evidence=(evidence,))


def initial_sources(
    config: Section, parameters: Mapping[str, ParameterSpec]
) -> dict[str, ArraySource]:
    """Return which source each parameter starts from; later patterns win."""
    section = config.get("parameters")
    found: dict[str, ArraySource] = {}
    if section is None:
        return found
    for pattern, source in section.values.items():
        names = [name for name in parameters if fnmatchcase(name, pattern)]
        if not names:
            raise unknown(section.source, section.keys[pattern], pattern, parameters)
        if source.expression is not None or source.classes is not None:
            raise section.error("a parameter can't start from a formula or labels", pattern)
        found |= dict.fromkeys(names, source)
    return found
