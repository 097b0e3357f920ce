"""Claims by the formulas of a config, every error placed at its line and column in the file."""

from collections.abc import Sequence
from functools import partial

from gradcheck.claims import formulas
from gradcheck.config.context import Claimed, Context
from gradcheck.config.places import location
from gradcheck.config.records import Section
from gradcheck.config.sources import formula_error
from gradcheck.config.wording import nearest
from gradcheck.errors import ConfigError
from gradcheck.formula import Block, FormulaError, parse_block
from gradcheck.network.graph import Network
from gradcheck.problem import Claims, Probe
from gradcheck.report import Location

KEY = "backward"


def claimed_by_formulas(context: Context, section: Section) -> Claimed:
    """Return the claims that the formulas make."""
    try:
        block = parse_block(section[KEY])
    except FormulaError as error:
        raise _placed(section, error) from None
    locations = _assignments(context, section, block)
    functions = formulas.callables(context.network, block, context.ops.find)
    inner = formulas.claimant(context.network, block, functions)

    def claims(probes: Sequence[Probe]) -> list[Claims]:
        try:
            return inner(probes)
        except FormulaError as error:
            raise _placed(section, error) from None

    inputs = tuple(name for name in context.network.inputs if name in locations)
    return Claimed(
        claimant=claims,
        locations=locations,
        inputs=inputs,
        formulas=formulas.Formulas(
            block=block,
            functions=functions,
            place=partial(location, section.source, section.nodes[KEY]),
            text=section.source.text,
        ),
    )


def _placed(section: Section, error: FormulaError) -> ConfigError:
    return formula_error(section.source, section.nodes[KEY], error)


def _assignments(context: Context, section: Section, block: Block) -> dict[str, Location]:
    """Return where each gradient is assigned; one of no parameter or input is an error."""
    network = context.network
    known = [f"{formulas.PREFIX}{name}" for name in (*network.parameters, *network.inputs)]
    found: dict[str, Location] = {}
    for statement in block.statements:
        if not statement.target.startswith(formulas.PREFIX):
            continue
        span = statement.span
        start, end = (span.line, span.column), (span.end_line, span.end_column)
        place = location(section.source, section.nodes[KEY], start, end)
        if statement.target not in known:
            why = _objection(network, statement.target.removeprefix(formulas.PREFIX))
            raise ConfigError(
                f"{statement.target!r} is no parameter's gradient"
                f"{why or nearest(statement.target, known)}", place.file, place.line, place.column,
            )  # fmt: skip
        found[statement.target.removeprefix(formulas.PREFIX)] = place
    if not found:
        raise section.error(
            f"the formulas assign no gradient; write, for example, {known[0]} = ...", KEY
        )
    return found


def _objection(network: Network, name: str) -> str:
    """Say why there are no claims for something that has a gradient of sorts."""
    if name == network.target:
        return ": it is the loss's target, and gradients are claimed for parameters and inputs"
    if any(node.name == name for node in network.nodes):
        return (
            f": {name!r} is a layer's output, and gradients are claimed for parameters and inputs; "
            f"call it d_{name} to use it further on"
        )
    return ""
