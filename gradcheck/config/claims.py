"""The claimed gradients that a config names: our own backprop, formulas, a function or a file."""

import ast
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import numpy as np

from gradcheck.array import Array
from gradcheck.catalogue import Catalogue
from gradcheck.config.forms import Section, nearest
from gradcheck.config.network import matching, unknown
from gradcheck.errors import ClaimError, ConfigError
from gradcheck.fault import Fault
from gradcheck.formula import Block, FormulaError, parse_block
from gradcheck.network.graph import Network
from gradcheck.op import Op
from gradcheck.problem import Claims, Probe
from gradcheck.report import Location

SOURCES = ("backward", "python", "file", "faults")

Claimant = Callable[[Sequence[Probe]], Sequence[Claims]]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What the surroundings allow: whether user code may run, for how long, and where it is."""

    python: bool = True
    timeout: float = 30.0


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """Where the claims come from, and what is known of them.

    `dumped` says that they hold at the config's own point alone and can't be recomputed.
    """

    claimant: Claimant
    dumped: bool = False
    remarks: tuple[str, ...] = ()
    locations: Mapping[str, Location] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the making of claims needs to know of the rest of the config."""

    config: Section
    network: Network
    own: Probe
    ops: Catalogue[Op]
    faults: Catalogue[Fault]
    policy: Policy
    stack: ExitStack


def claimed(context: Context) -> Claimed:
    """Return the claims that the config's `gradients` ask for."""
    section = context.config.get("gradients")
    given = [key for key in SOURCES if section is not None and key in section]
    if len(given) > 1:
        raise section.error(f"gradients come from one source, found {' and '.join(given)}")
    if not given:
        from gradcheck.claims import backprop

        return Claimed(claimant=backprop.claimant(context.network))
    make = {"backward": _formulas, "python": _python, "file": _file, "faults": _faults}
    found = make[given[0]](context, section)
    if section["update"] == "-=":
        return found
    return Claimed(
        claimant=_negated(found.claimant),
        dumped=found.dumped,
        locations=found.locations,
        remarks=(*found.remarks, "claims are added (update +=), so they were taken negatively"),
    )


def _negated(claimant: Claimant) -> Claimant:
    return lambda probes: [
        {name: np.negative(value) for name, value in claims.items()} for claims in claimant(probes)
    ]


def _faults(context: Context, section: Section) -> Claimed:
    from gradcheck.claims import backprop

    plants, remarks = [], []
    for text in section["faults"]:
        code, _, place = text.partition("@")
        fault = context.faults.find(code.upper())
        if fault is None:
            known = [module.rpartition(".")[2][:5].upper() for module in context.faults.modules()]
            raise section.error(
                f"there is no fault {code!r}{nearest(code.upper(), known)}", "faults"
            )
        try:
            plant = backprop.plant(context.network, context.own, fault, place or None)
        except ClaimError as error:
            raise section.error(str(error), "faults") from None
        plants.append(plant)
        remarks.append(f"planted {fault.code} ({fault.title}) at {place or plant.node}")
    return Claimed(claimant=backprop.claimant(context.network, plants), remarks=tuple(remarks))


def _formulas(context: Context, section: Section) -> Claimed:
    from gradcheck.claims import formulas

    where = _Text(section=section, key="backward")
    try:
        block = parse_block(section["backward"])
    except FormulaError as error:
        raise where.error(error) from None
    known = tuple(f"{formulas.PREFIX}{name}" for name in context.network.parameters)
    locations = _assignments(where, block, known, formulas.PREFIX)
    calls = {
        node.func.id
        for statement in block.statements
        for node in ast.walk(statement.node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    functions = formulas.functions(context.network, context.ops.find, calls)
    inner = formulas.claimant(context.network, block, functions)

    def claims(probes: Sequence[Probe]) -> list[Claims]:
        try:
            return inner(probes)
        except FormulaError as error:
            raise where.error(error) from None

    return Claimed(claimant=claims, locations=locations)


def _assignments(
    where: "_Text", block: Block, known: tuple[str, ...], prefix: str
) -> dict[str, Location]:
    """Return where each gradient is assigned; one that is no parameter's is an error."""
    found: dict[str, Location] = {}
    for statement in block.statements:
        if not statement.target.startswith(prefix):
            continue
        span = statement.span
        if statement.target not in known:
            raise where.at(
                f"{statement.target!r} is no parameter's gradient"
                f"{nearest(statement.target, known)}", span.line, span.column,
            )  # fmt: skip
        start, end = (
            where.place(span.line, span.column),
            where.place(span.end_line, span.end_column),
        )
        found[statement.target.removeprefix(prefix)] = Location(
            file=where.section.source.file,
            line=start[0],
            column=start[1],
            end_line=end[0],
            end_column=end[1],
        )
    if not found:
        raise where.section.error(
            f"the formulas assign no gradient; write, for example, {known[0]} = ...", where.key
        )
    return found


@dataclass(frozen=True, kw_only=True)
class _Text:
    """A formula's text within the config: turns places in it into places in the file."""

    section: Section
    key: str

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Return the file's line and column; exact in literal blocks, else the value's start."""
        node = self.section.nodes[self.key]
        mark = node.start_mark
        if node.style != "|":
            return mark.line + 1, mark.column + 1
        lines = self.section.source.text.splitlines()
        indents = [
            len(text) - len(text.lstrip())
            for text in lines[mark.line + 1 : node.end_mark.line + 1]
            if text.strip()
        ]
        return mark.line + 1 + line, column + (indents[0] if indents else 0)

    def at(self, message: str, line: int, column: int) -> ConfigError:
        """Make an error at a place in the formulas."""
        return ConfigError(message, self.section.source.file, *self.place(line, column))

    def error(self, error: FormulaError) -> ConfigError:
        """Place a formula's error in the file."""
        return self.at(error.message, error.line, error.column)


def _python(context: Context, section: Section) -> Claimed:
    if not context.policy.python:
        raise section.error(
            f"{section['python']!r} is Python code, and --no-python forbids to run any", "python"
        )
    from gradcheck.claims.python_function import Call, PythonFunction

    try:
        function = context.stack.enter_context(
            PythonFunction(
                section["python"], context.config.source.folder.absolute(), context.policy.timeout
            )
        )
    except ClaimError as error:
        raise section.error(str(error), "python") from None
    network = context.network

    def claims(probes: Sequence[Probe]) -> list[Claims]:
        calls = [
            Call(
                parameters=p.parameters,
                inputs={name: p.data[name] for name in network.inputs},
                targets={network.target: p.data[network.target]},
            )
            for p in probes
        ]
        answers = function.answers(calls)
        return [_named(section, context, a.gradients, a.dtypes)[0] for a in answers]

    return Claimed(claimant=claims)


def _file(context: Context, section: Section) -> Claimed:
    from gradcheck.claims.dumped import read_arrays

    try:
        arrays = read_arrays(context.config.source.folder / section["file"])
    except ClaimError as error:
        raise section.error(str(error), "file") from None
    dtypes = {name: str(array.dtype) for name, array in arrays.items()}
    gradients, notes = _named(section, context, arrays, dtypes)
    return Claimed(
        claimant=lambda probes: [gradients for _ in probes],
        dumped=True,
        remarks=(*notes, "gradients from a file are checked at the given point alone"),
    )


def _named(
    section: Section,
    context: Context,
    arrays: Mapping[str, Array],
    dtypes: Mapping[str, str],
) -> tuple[dict[str, Array], tuple[str, ...]]:
    """Give claims their parameters' names and layout, in the precision that they were made in."""
    from gradcheck.claims.dumped import arrange

    names = section.get("names")
    try:
        arranged = arrange(
            arrays,
            {name: spec.shape for name, spec in context.network.parameters.items()},
            names.values if names else {},
            section.get("layout") or "in_out",
        )
    except ClaimError as error:
        raise section.error(str(error), "names" if names else None) from None
    if not arranged.gradients:
        raise section.error(
            f"no gradient is named for a parameter; found {', '.join(arranged.unknown) or 'none'}. "
            "Use names: {THEIRS: OURS}"
        )
    notes = arranged.notes
    if arranged.unknown:
        notes += (f"no parameter is called {', '.join(arranged.unknown)}",)
    kinds = {(names.values if names else {}).get(key, key): kind for key, kind in dtypes.items()}
    single = {name for name, kind in kinds.items() if kind in ("float32", "float16")}
    return (
        {n: v.astype(kinds[n]) if n in single else v for n, v in arranged.gradients.items()},
        notes,
    )


def chosen(section: Section | None, network: Network) -> frozenset[str] | None:
    """Return the parameters that `only` names, None for all."""
    if section is None or "only" not in section:
        return None
    return frozenset(matching(section, "only", section["only"], tuple(network.parameters)))


def accepted(section: Section | None, network: Network) -> dict[str, str]:
    """Return the intended deviations by parameter."""
    if section is None or "accept" not in section:
        return {}
    reasons: dict[str, str] = section["accept"].values
    for name in reasons:
        if name not in network.parameters:
            raise unknown(section, "accept", name, tuple(network.parameters))
    return dict(reasons)
