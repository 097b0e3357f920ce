"""Claims by the formulas of a config, every error placed at its line and column in the file."""

import ast
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
from gradcheck.problem import Claims, Probe
from gradcheck.report import Location

KEY = "backward"


def claimed_by_formulas(context: Context, section: Section) -> Claimed:
    """Return the claims that the formulas make."""
    try:
        block = parse_block(section[KEY])
    except FormulaError as error:
        raise _placed(section, error) from None
    known = [f"{formulas.PREFIX}{name}" for name in context.network.parameters]
    locations = _assignments(section, block, known)
    functions = formulas.functions(context.network, context.ops.find, _calls(block))
    inner = formulas.claimant(context.network, block, functions)

    def claims(probes: Sequence[Probe]) -> list[Claims]:
        try:
            return inner(probes)
        except FormulaError as error:
            raise _placed(section, error) from None

    return Claimed(
        claimant=claims,
        locations=locations,
        formulas=formulas.Formulas(
            block=block,
            functions=functions,
            place=partial(location, section.source, section.nodes[KEY]),
            text=section.source.text,
        ),
    )


def _placed(section: Section, error: FormulaError) -> ConfigError:
    return formula_error(section.source, section.nodes[KEY], error)


def _calls(block: Block) -> set[str]:
    """Return the names of the functions that a block calls."""
    return {
        node.func.id
        for statement in block.statements
        for node in ast.walk(statement.node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def _assignments(section: Section, block: Block, known: Sequence[str]) -> dict[str, Location]:
    """Return where each gradient is assigned; one that is no parameter's is an error."""
    found: dict[str, Location] = {}
    for statement in block.statements:
        if not statement.target.startswith(formulas.PREFIX):
            continue
        span = statement.span
        start, end = (span.line, span.column), (span.end_line, span.end_column)
        place = location(section.source, section.nodes[KEY], start, end)
        if statement.target not in known:
            raise ConfigError(
                f"{statement.target!r} is no parameter's gradient"
                f"{nearest(statement.target, known)}", place.file, place.line, place.column,
            )  # fmt: skip
        found[statement.target.removeprefix(formulas.PREFIX)] = place
    if not found:
        raise section.error(
            f"the formulas assign no gradient; write, for example, {known[0]} = ...", KEY
        )
    return found
