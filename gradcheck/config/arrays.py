"""Claims by arrays that a function of the user's returns, or that a program dumped into a file."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from gradcheck.array import Array
from gradcheck.claims.dumped import Arranged, arrange, read_arrays
from gradcheck.claims.python_function import Answer, Call, PythonFunction
from gradcheck.config.context import Claimed, Context
from gradcheck.config.network import unknown
from gradcheck.config.records import Section
from gradcheck.errors import ClaimError
from gradcheck.network.forward import loss, run
from gradcheck.problem import Claims, Fact, Probe
from gradcheck.record import record

AGREEMENT = 1e-6
"""How far the loss that a function returns may be from the config's, relatively, in silence."""


@record
class _Reading:
    """How a config wants arrays of claims to be read: their layout and names."""

    context: Context
    section: Section

    def named(self, arrays: Mapping[str, Array]) -> Arranged:
        """Give arrays their parameters' names; raises ClaimError where that can't be done."""
        names = self.section.get("names")
        network = self.context.network
        return arrange(
            arrays,
            {**{name: spec.shape for name, spec in network.parameters.items()}, **network.inputs},
            names.values if names else {},
            self.section.get("layout") or "in_out",
            network.inputs,
        )

    def remarks(self, arranged: Arranged) -> Iterator[str]:
        """Say what was left over; raises ConfigError if that is all."""
        if not arranged.gradients:
            raise self.section.error(
                "no gradient has the name of a parameter: found "
                f"{', '.join(arranged.unknown) or 'none at all'}; parameters are "
                f"{', '.join(self.context.network.parameters)}. Say names: {{THEIRS: OURS}}"
            )
        if arranged.unknown:
            yield f"gradients of no parameter were left out: {', '.join(arranged.unknown)}"

    def precise(self, arranged: Arranged) -> dict[str, Array]:
        """Return the gradients in the precision that they were made in."""
        stated = self.section.get("dtype")
        return {
            name: array.astype(stated or arranged.dtypes[name])
            if stated or arranged.dtypes[name] in ("float32", "float16")
            else array
            for name, array in arranged.gradients.items()
        }

    def facts(self, arranged: Arranged) -> Iterator[Fact]:
        """Tell of gradients that are whole numbers, from which fractions were cut off."""
        names = [name for name, dtype in arranged.dtypes.items() if "int" in dtype]
        if names:
            kinds = sorted({arranged.dtypes[name] for name in names})
            evidence = (f"gradients are claimed as {' and '.join(kinds)}",)
            yield Fact(code="CHK04", parameters=tuple(names), evidence=evidence)

    def inputs(self, arranged: Arranged) -> tuple[str, ...]:
        """Return the inputs that gradients are claimed for."""
        return tuple(name for name in self.context.network.inputs if name in arranged.gradients)


def _reading(context: Context, section: Section) -> _Reading:
    """Return how arrays are to be read, once it is known that `names` name parameters."""
    names = section.get("names")
    known = (*context.network.parameters, *context.network.inputs)
    for key, name in names.values.items() if names else ():
        if name not in known:
            raise unknown(section.source, names.nodes[key], name, known)
    return _Reading(context=context, section=section)


def claimed_by_file(context: Context, section: Section) -> Claimed:
    """Return the claims that were dumped into a file."""
    try:
        arrays = read_arrays(section.source.folder / section["file"])
    except ClaimError as error:
        raise section.error(str(error), "file") from None
    return _dumped(context, section, arrays, "file")


def claimed_by_values(context: Context, section: Section) -> Claimed:
    """Return the claims whose numbers stand in the config itself."""
    return _dumped(context, section, section["values"].values, "values")


def _dumped(context: Context, section: Section, arrays: Mapping[str, Array], key: str) -> Claimed:
    """Return the claims that given arrays are."""
    reading = _reading(context, section)
    try:
        arranged = reading.named(arrays)
    except ClaimError as error:
        raise section.error(str(error), key) from None
    gradients = reading.precise(arranged)
    where = "a file" if key == "file" else "the config"
    return Claimed(
        claimant=lambda probes: [gradients for _ in probes],
        dumped=True,
        inputs=reading.inputs(arranged),
        conventions=arranged.notes,
        facts=tuple(reading.facts(arranged)),
        remarks=(
            *reading.remarks(arranged),
            f"gradients from {where} are checked at the given point alone",
        ),
    )


def claimed_by_function(context: Context, section: Section) -> Claimed:
    """Return the claims of a Python function, called once so that its errors are told here."""
    if not context.policy.python:
        raise section.error(
            f"{section['python']!r} is Python code, and --no-python forbids to run any", "python"
        )
    reading = _reading(context, section)
    called = _Called(context, reading, section["python"])
    try:
        answer = called.start()
        arranged = reading.named(_typed(answer))
    except ClaimError as error:
        raise section.error(str(error), "python") from None
    return Claimed(
        claimant=called.claims,
        inputs=reading.inputs(arranged),
        afresh=called.afresh,
        conventions=arranged.notes,
        facts=(*reading.facts(arranged), *_modified(answer)),
        remarks=(*reading.remarks(arranged), *_observed(context, answer)),
    )


class _Called:
    """A function of the user's, by the `place` it has in the config, called at probes."""

    def __init__(self, context: Context, reading: _Reading, place: str) -> None:
        self._context = context
        self._reading = reading
        self._place = place
        self._function: PythonFunction | None = None
        self._waiting: Answer | None = None
        """The very first answer, until it is asked for: later ones may differ from it."""

    def start(self) -> Answer:
        """Call the function at the config's own point, in a process that is kept."""
        self._function = self._context.stack.enter_context(self._process())
        self._waiting = self._answer(self._context.own)
        return self._waiting

    def claims(self, probes: Sequence[Probe]) -> list[Claims]:
        return [self._read(self._answer(probe)) for probe in probes]

    def afresh(self, probe: Probe) -> Claims:
        """Ask a process that has never been asked before."""
        with self._process() as function:
            (answer,) = function.answers([_call(self._context, probe)])
        return self._read(answer)

    def _process(self) -> PythonFunction:
        folder = self._reading.section.source.folder.absolute()
        return PythonFunction(self._place, folder, self._context.policy.timeout)

    def _answer(self, probe: Probe) -> Answer:
        first, self._waiting = self._waiting, None
        if first is not None and _same(probe, self._context.own):
            return first
        assert self._function is not None
        (answer,) = self._function.answers([_call(self._context, probe)])
        return answer

    def _read(self, answer: Answer) -> Claims:
        return self._reading.precise(self._reading.named(_typed(answer)))


def _same(one: Probe, other: Probe) -> bool:
    pairs = ((one.parameters, other.parameters), (one.data, other.data))
    return all(np.array_equal(a[name], b[name]) for a, b in pairs for name in a)


def _call(context: Context, probe: Probe) -> Call:
    network = context.network
    return Call(
        parameters=probe.parameters,
        inputs={name: probe.data[name] for name in network.inputs},
        targets={network.target: probe.data[network.target]},
    )


def _typed(answer: Answer) -> dict[str, Array]:
    """Return an answer's gradients in the types that the function made them in."""
    return {name: a.astype(np.dtype(answer.dtypes[name])) for name, a in answer.gradients.items()}


def _modified(answer: Answer) -> Iterator[Fact]:
    if answer.modified:
        evidence = ("compared byte by byte before and after the first call",)
        yield Fact(code="CHK07", parameters=answer.modified, evidence=evidence)


def _observed(context: Context, answer: Answer) -> Iterator[str]:
    """Yield what is odd about a call that went well: another loss than the config's."""
    if answer.loss is None:
        return
    own = loss(context.network, run(context.network, context.own.parameters, context.own.data))
    if not abs(answer.loss - own) <= AGREEMENT * max(abs(own), abs(answer.loss)):
        times = f", {answer.loss / own:.6g} times that" if own else ""
        yield (
            f"the function returns the loss {answer.loss:.6g}, but the config's is {own:.6g} at "
            f"the given point{times}: they may not be the same loss"
        )
