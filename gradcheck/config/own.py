"""Ops of the user's own, as a config writes them: by an expression, or by a Python function."""

from collections.abc import Callable, Mapping

from gradcheck.catalogue import Catalogue
from gradcheck.config.context import Workshop
from gradcheck.config.forms import MAX_AXES, Items, Number, Text
from gradcheck.config.names import check_name
from gradcheck.config.records import Entries, Field, Record, Section
from gradcheck.config.sources import formula_error
from gradcheck.custom.interface import Interface
from gradcheck.errors import ClaimError, ConfigError, GradcheckError
from gradcheck.formula import Expression, FormulaError, names, parse_expression
from gradcheck.formula.functions import FUNCTIONS
from gradcheck.formula.program import Function
from gradcheck.op import Op

ANY = "z"
"""What an expression may call its one input, beside its own name."""

_SHAPE = Items(form=Number(integer=True, minimum=1), single=True, shortest=1, longest=MAX_AXES)

_PARAMETERS = Field(
    form=Entries(form=_SHAPE, what="a mapping from each parameter to its shape"),
    doc="its own parameters and their shapes, {beta: [1]}",
    default=None,
)

_OUTPUT = Field(
    form=_SHAPE, doc="shape of the output for one sample; without it the function is tried"
)


def form(key: str, what: str, others: Mapping[str, Field], loss: bool) -> Record:
    """Return what may stand beside `key` where an op of the user's own is described."""
    own = {} if loss else {"parameters": _PARAMETERS}
    if key == "python" and not loss:
        own["shape"] = _OUTPUT
    fields = {**_FIELDS[key], **own, **others}
    return Record(what=f"{what} by {key}", fields=fields)


_FIELDS: Mapping[str, Mapping[str, Field]] = {
    "expression": {
        "expression": Field(
            form=Text(what="a formula"),
            doc=f"a formula of the inputs by their names (one may be called {ANY}) and the "
            "parameters; of yhat and the target for a loss",
            required=True,
        )
    },
    "python": {
        "python": Field(
            form=Text(what="FILE.py:NAME or PACKAGE.MODULE:NAME"),
            doc="the forward pass, called f(INPUT, ..., PARAMETER=...); it returns its output, or "
            "(output, cache)",
            required=True,
        ),
        "backward": Field(
            form=Text(what="FILE.py:NAME or PACKAGE.MODULE:NAME"),
            doc="its backward pass, called f(dy, cache), or f(dy, INPUT, ..., PARAMETER=...) if "
            "there is no cache; it returns the gradients in this order, or by name",
        ),
    },
}


def make(
    key: str,
    section: Section,
    workshop: Workshop,
    inputs: tuple[tuple[str, ...], ...],
    loss: bool,
) -> Op:
    """Make the op that a section describes; `inputs` are the names of what it takes."""
    if len(inputs) == 1:
        inputs = ((*inputs[0], ANY),)
    interface = Interface(inputs=inputs, parameters=_parameters(section, inputs), loss=loss)
    return _MAKERS[key](section, workshop, interface)


def _parameters(
    section: Section, inputs: tuple[tuple[str, ...], ...]
) -> dict[str, tuple[int, ...]]:
    """Return the parameters' shapes; a name that means something else is an error."""
    own = section.get("parameters")
    taken = [name for some in inputs for name in some]
    if len(set(inputs)) < len(inputs):
        raise section.error("it takes an input twice; once is enough, for it has a name", "inputs")
    for name, node in own.keys.items() if own else ():
        check_name(section.source, node, name, "a parameter")
        if name in taken:
            raise section.source.error(f"{name!r} names an input already", node)
    return {name: tuple(shape) for name, shape in own.values.items()} if own else {}


def _by_expression(section: Section, workshop: Workshop, interface: Interface) -> Op:
    from gradcheck.custom.expression import make as make_op

    def placed(error: FormulaError) -> ConfigError:
        return formula_error(section.source, section.nodes["expression"], error)

    try:
        expression = parse_expression(section["expression"])
        functions = _functions(expression, workshop.ops)
    except FormulaError as error:
        raise placed(error) from None
    _refuse_unused(section, expression, interface)
    return make_op(expression, functions, interface, placed)


def _functions(expression: Expression, ops: Catalogue[Op]) -> dict[str, Function]:
    """Return the activations among the functions that an expression calls."""
    from gradcheck.custom.expression import function_of

    found = {}
    for name in sorted(names.calls(expression.node) - FUNCTIONS.keys()):
        op = ops.find(name)
        if op is not None and op.kind == "activation":
            found[name] = function_of(op, op.defaults())
    return found


def _refuse_unused(section: Section, expression: Expression, interface: Interface) -> None:
    """Refuse parameters and inputs that the expression does not speak of: a typing error."""
    read = expression.reads()
    if {*read} - {*interface.parameters, *(name for some in interface.inputs for name in some)}:
        return  # A name that is misspelt is told where it stands.
    own = section.get("parameters")
    for name in interface.parameters:
        if name not in read:
            raise section.source.error(
                f"the expression does not use the parameter {name!r}", own.keys[name]
            )
    for some in interface.inputs:
        if not {*some} & {*read}:
            raise section.error(f"the expression does not use its input {some[0]!r}", "expression")


def _by_python(section: Section, workshop: Workshop, interface: Interface) -> Op:
    from gradcheck.child.loaded import Loaded
    from gradcheck.custom import python

    subject = section["python"]
    if not workshop.policy.python:
        raise section.error(
            f"{subject!r} is Python code, and --no-python forbids to run any", "python"
        )

    def placed(error: GradcheckError) -> ConfigError:
        return section.error(str(error), "python")

    targets = {python.FORWARD: subject}
    if "backward" in section:
        targets[python.BACKWARD] = section["backward"]
    folder = section.source.folder.absolute()
    try:
        loaded = Loaded("gradcheck.child.forward", targets, folder, workshop.policy.timeout)
        workshop.stack.callback(loaded.stop)
        loaded.start()
    except ClaimError as error:
        raise placed(error) from None
    shape = tuple(section["shape"]) if "shape" in section else None
    return python.make(
        loaded,
        interface,
        subject=subject,
        shape=shape,
        place=placed,
        backward="backward" in section,
    )


_MAKERS: Mapping[str, Callable[[Section, Workshop, Interface], Op]] = {
    "expression": _by_expression,
    "python": _by_python,
}
