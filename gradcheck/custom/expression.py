"""An op made of an expression: its value, and by reverse mode its gradient, kinks included."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.custom.interface import Interface, as_terms, refuse_stretched
from gradcheck.errors import GradcheckError, NotAnalyticError, ShapeError
from gradcheck.formula import Expression, FormulaError
from gradcheck.formula.arithmetic import foreign
from gradcheck.formula.program import Function, Program
from gradcheck.formula.shapes import bounded
from gradcheck.formula.tape import Tape
from gradcheck.op import Gradients, Inferred, Inputs, Op, Options, Parameters
from gradcheck.record import record

Place = Callable[[FormulaError], GradcheckError]
"""Turns an error of the expression into one that says where it stands."""


def function_of(op: Op, options: Options) -> Function:
    """Return an activation as something that an expression may call."""

    def value(z: Array) -> Array:
        return op.forward((z,), {}, options)[0]

    def pull(dy: Array, z: Array) -> Array:
        (gradient,) = op.backward(dy, op.forward((z,), {}, options)[1]).inputs
        assert gradient is not None
        return gradient

    def distances(z: Array) -> Array:
        assert op.kinks is not None
        return op.kinks((z,), options)

    return Function(
        value=value,
        pull=pull,
        distances=distances if op.kinks else None,
        alone=op.slope is not None,
    )


def make(
    expression: Expression, functions: Mapping[str, Function], interface: Interface, place: Place
) -> Op:
    """Make an op whose output is the expression's value at its inputs and parameters."""
    program = Program(expression=expression, functions=functions)
    own = _Expression(
        program=program, interface=interface, place=place, alone=_alone(program, interface)
    )
    op = Op(
        name="expression",
        kind="loss" if interface.loss else "activation" if own.pointwise else "layer",
        doc=f"The expression {expression.source.text.strip()}",
        forward=own.forward,
        backward=own.backward,
        infer=own.infer,
        arity=interface.arity,
        own=True,
        kinks=own.kinks,
    )
    return replace(op, function=own.value, slope=own.slope) if own.pointwise else op


def _alone(program: Program, interface: Interface) -> frozenset[str]:
    """Return the names that may move kinks which the first input does not.

    A kink is put on either side by moving the first input. Where only parameters or other inputs
    move it, that can't be done, so there imaginary parts must not decide.
    """
    moving = {*interface.parameters}
    if not interface.loss:
        moving.update(name for names in interface.inputs[1:] for name in names)
    return program.reach() & moving


@record
class _Expression:
    """The pure functions of one op."""

    program: Program
    interface: Interface
    place: Place
    alone: frozenset[str]
    """Names that may move kinks which the first input does not."""

    def _run(self, inputs: Inputs, parameters: Parameters) -> Tape:
        given = {**self.interface.named(inputs), **parameters}
        try:
            return self.program.run(given)
        except FormulaError as error:
            if any(foreign(value) for value in given.values()):
                raise TypeError(str(error)) from error
            raise self.place(error) from None

    def infer(self, shapes: Sequence[Shape], options: Options) -> Inferred:  # noqa: ARG002
        if self.interface.loss:
            refuse_stretched(shapes)
        tape = self._run(
            [np.zeros(bounded(shape)) for shape in shapes],
            {name: np.zeros(bounded(shape)) for name, shape in self.interface.parameters.items()},
        )
        names = [name for names in self.interface.inputs for name in names]
        alone = self.program.rowwise(tape, names)
        output = tape.output.shape
        if self.pointwise and output != shapes[0]:
            raise ShapeError(
                f"it gives shape {output}: what treats every element by itself keeps the input's "
                "shape, so parameters need one that broadcasts to it"
            )
        return self.interface.inferred(output, shapes, alone)

    def forward(
        self,
        inputs: Inputs,
        parameters: Parameters,
        options: Options,  # noqa: ARG002
    ) -> tuple[Array, Any]:
        tape = self._run(inputs, parameters)
        output = tape.output
        moved = self.alone and output.dtype.kind == "c"
        if moved and self.program.stuck(tape, self.interface.inputs[0], self.alone):
            raise NotAnalyticError("the expression has a kink that its first input can't move")
        if self.interface.loss and output.shape == ():
            output = as_terms(output, len(inputs[0]))
        return output, (tape, tuple(inputs), parameters)

    def backward(self, dy: Array, cache: Any) -> Gradients:
        tape, inputs, parameters = cache
        if tape.output.shape == ():
            dy = dy[0]
        found = self.program.gradients(tape, dy)
        by_name = {**self.interface.named(inputs), **parameters}
        totals = {name: found.get(name, np.zeros(v.shape)) for name, v in by_name.items()}
        return Gradients(
            inputs=tuple(
                np.asarray(sum(totals[name] for name in names)) for names in self.interface.inputs
            ),
            parameters={name: totals[name] for name in parameters},
        )

    def kinks(self, inputs: Inputs, settings: Mapping[str, Any]) -> Array:
        parameters = {name: settings[name] for name in self.interface.parameters}
        tape = self._run(inputs, parameters)
        first = dict.fromkeys(self.interface.inputs[0], inputs[0])
        return self.program.distances(tape, first)

    @property
    def pointwise(self) -> bool:
        """Tell whether it is a function of one input, applied to each element."""
        return len(self.interface.inputs) == 1 and self.program.elementwise

    def value(self, z: Array, **parameters: Array) -> Array:
        return self.forward((z,), parameters, {})[0]

    def slope(self, z: Array, **parameters: Array) -> Array:
        (gradient,) = self.backward(np.ones(z.shape), self.forward((z,), parameters, {})[1]).inputs
        assert gradient is not None
        return gradient
