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
from gradcheck.problem import Claims, Probe
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
        return arrange(
            arrays,
            {name: spec.shape for name, spec in self.context.network.parameters.items()},
            names.values if names else {},
            self.section.get("layout") or "in_out",
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


def _reading(context: Context, section: Section) -> _Reading:
    """Return how arrays are to be read, once it is known that `names` name parameters."""
    names = section.get("names")
    for key, name in names.values.items() if names else ():
        if name not in context.network.parameters:
            raise unknown(section.source, names.nodes[key], name, context.network.parameters)
    return _Reading(context=context, section=section)


def _precise(arranged: Arranged) -> dict[str, Array]:
    """Return the gradients in the precision that they were made in."""
    return {
        name: array.astype(arranged.dtypes[name])
        if arranged.dtypes[name] in ("float32", "float16")
        else array
        for name, array in arranged.gradients.items()
    }


def claimed_by_file(context: Context, section: Section) -> Claimed:
    """Return the claims that were dumped into a file."""
    reading = _reading(context, section)
    try:
        arranged = reading.named(read_arrays(section.source.folder / section["file"]))
    except ClaimError as error:
        raise section.error(str(error), "file") from None
    gradients = _precise(arranged)
    return Claimed(
        claimant=lambda probes: [gradients for _ in probes],
        dumped=True,
        conventions=arranged.notes,
        remarks=(
            *reading.remarks(arranged),
            "gradients from a file are checked at the given point alone",
        ),
    )


def claimed_by_function(context: Context, section: Section) -> Claimed:
    """Return the claims of a Python function, called once so that its errors are told here."""
    if not context.policy.python:
        raise section.error(
            f"{section['python']!r} is Python code, and --no-python forbids to run any", "python"
        )
    reading = _reading(context, section)
    try:
        function = context.stack.enter_context(
            PythonFunction(
                section["python"], section.source.folder.absolute(), context.policy.timeout
            )
        )
        (answer,) = function.answers([_call(context, context.own)])
        arranged = reading.named(_typed(answer))
    except ClaimError as error:
        raise section.error(str(error), "python") from None

    def claims(probes: Sequence[Probe]) -> list[Claims]:
        answers = function.answers([_call(context, probe) for probe in probes])
        return [_precise(reading.named(_typed(answer))) for answer in answers]

    remarks = (*reading.remarks(arranged), *_observed(context, answer))
    return Claimed(claimant=claims, conventions=arranged.notes, remarks=remarks)


def _call(context: Context, probe: Probe) -> Call:
    network = context.network
    return Call(
        parameters=probe.parameters,
        inputs={name: probe.data[name] for name in network.inputs},
        targets={network.target: probe.data[network.target]},
    )


def _typed(answer: Answer) -> dict[str, Array]:
    """Return an answer's gradients in the types that the function made them in."""
    return {
        name: array.astype(np.dtype(answer.dtypes[name]))
        if answer.dtypes[name] in ("float32", "float16")
        else array
        for name, array in answer.gradients.items()
    }


def _observed(context: Context, answer: Answer) -> Iterator[str]:
    """Yield what is odd about a call that went well: changed arguments, another loss."""
    if answer.modified:
        yield (
            f"the function changed {', '.join(answer.modified)} in place; here that was a copy, "
            "but in training it spoils the next step"
        )
    if answer.loss is None:
        return
    own = loss(context.network, run(context.network, context.own.parameters, context.own.data))
    if not abs(answer.loss - own) <= AGREEMENT * max(abs(own), abs(answer.loss)):
        times = f", {answer.loss / own:.6g} times that" if own else ""
        yield (
            f"the function returns the loss {answer.loss:.6g}, but the config's is {own:.6g} at "
            f"the given point{times}: they may not be the same loss"
        )
