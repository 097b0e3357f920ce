"""The repair of formulas: the smallest edit of their text that makes every gradient right.

Edits are made where the wrong gradients come from and tried on the formulas themselves: the
statements from the edited one on are evaluated again and their gradients compared with the true
ones. What gets a wrong gradient right and spoils no right one is kept and, where that is not
all, extended by another edit. The result is proved at fresh probes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from heapq import merge
from itertools import islice

from gradcheck.array import Array
from gradcheck.claims.formulas import PREFIX, Formulas
from gradcheck.diagnose.bench import Bench, History, depends
from gradcheck.diagnose.case import EXACT, gap
from gradcheck.diagnose.vocabulary import callables, material
from gradcheck.edits import Material, Rewrite, apply, rank, rewrites
from gradcheck.formula import Block, FormulaError, Statement, parse_block
from gradcheck.network.graph import Network
from gradcheck.network.planted import Reference
from gradcheck.problem import Probe
from gradcheck.record import record

DEPTH = 3
"""Edits that are made together."""

BEAM = 3
"""Unfinished repairs that are pursued side by side."""

TRIED = (2500, 800, 800)
"""Edits that are tried with each of them, by how many it has already."""

SIGHT = 0.5
"""How much dearer an edit may be than the best and still be an alternative to it."""


@record
class Repair:
    """Edits that make the gradients right; `text` is the formulas' new text.

    `spots` are the line and column, from 1, of each edit in the text that it is made in; none moves
    a line. `changed` names, for each edit, the gradients that it changes, `proofs` counts the
    probes that prove the whole, and `alternatives` other repairs that are as likely.
    """

    edits: tuple[Rewrite, ...]
    text: str
    spots: tuple[tuple[int, int], ...]
    changed: tuple[frozenset[str], ...]
    proofs: int
    alternatives: int = 0


@record
class _State:
    """Formulas on their way to being right: their text, the edits so far, what is still wrong."""

    text: str
    edits: tuple[Rewrite, ...] = ()
    wrong: frozenset[str] = field(default_factory=frozenset)

    @property
    def cost(self) -> float:
        return sum(edit.cost for edit in self.edits) + len(self.edits)


@record
class _Edited:
    """An edit of one statement, by the statement's number in its block."""

    number: int
    rewrite: Rewrite


def repair(
    formulas: Formulas,
    references: Sequence[Reference],
    fresh: Callable[[], Sequence[Probe]],
    likely: Sequence[str],
    factor: float,
) -> Repair | None:
    """Return the likeliest small edit that makes every gradient right, but for a `factor`.

    It is looked for at the first of the `references` at which the same is wrong as at the last,
    the network's own; those before are of smaller ones. `likely` are the kinds of edits that the
    diagnosis suggests; `fresh` makes probes that prove the repair and had no part in finding it.
    """
    text, network = formulas.block.source.text, references[-1].network
    benches = [bench(formulas, reference, factor) for reference in references]
    wrong = [_wrong(tried, formulas.block) for tried in benches]
    proof = _Proof(
        lambda: [
            benches[-1],
            *(bench(formulas, Reference(network, probe), factor) for probe in fresh()),
        ]
    )
    for tried, shown in zip(benches, wrong, strict=True):
        if shown is None or shown != wrong[-1]:
            continue
        found = _search(tried, network, _State(text=text, wrong=shown), likely, proof)
        if found:
            return _told(found, tried, text, len(proof.benches) - 1)
        if not proof.refuted:
            return None
    return None


class _Proof:
    """The proof of a repair on the whole network, where it is looked for and at fresh probes."""

    def __init__(self, make: Callable[[], Sequence[Bench]]) -> None:
        self._make = make
        self.refuted = 0

    @cached_property
    def benches(self) -> Sequence[Bench]:
        return self._make()

    def holds(self, text: str) -> bool:
        block = parse_block(text)
        for tried in self.benches:
            values = tried.values(block, {})
            if values is None or tried.wrong(values):
                self.refuted += 1
                return False
        return True


def _told(found: Sequence[_State], bench: Bench, text: str, proofs: int) -> Repair:
    """Tell the likeliest of some states, and how many are as likely at other places."""
    best, *others = sorted(found, key=lambda state: state.cost)
    return Repair(
        edits=best.edits,
        text=best.text,
        spots=tuple(_spots(text, best.edits)),
        changed=tuple(_changes(bench, text, best.edits)),
        proofs=proofs,
        alternatives=sum(state.cost <= best.cost + SIGHT for state in others),
    )


def bench(formulas: Formulas, reference: Reference, factor: float) -> Bench:
    """Return what formulas are tried on at a probe, with all that they may call."""
    functions = {**callables(reference.network), **formulas.functions(reference.probe)}
    return Bench(reference, functions, factor)


def _wrong(bench: Bench, block: Block) -> frozenset[str] | None:
    """Name the gradients that are wrong to begin with; None where formulas don't evaluate."""
    values = bench.values(block, {})
    return None if values is None else bench.wrong(values)


def _where(state: _State) -> tuple[int, ...]:
    """Return the lines that a repair edits: in one line, two edits are spellings of the same."""
    return tuple(sorted(state.text.count("\n", 0, edit.start) for edit in state.edits))


def _search(
    bench: Bench, network: Network, start: _State, likely: Sequence[str], proof: _Proof
) -> list[_State]:
    """Return the states in which nothing is wrong, of the fewest edits that get there.

    Of several that edit the same lines it is the likeliest.
    """
    states = [start]
    for depth in range(DEPTH):
        done: dict[tuple[int, ...], _State] = {}
        grown: list[_State] = []
        for state in states:
            block = parse_block(state.text)
            history = bench.history(block) or ()
            for edit in islice(_ordered(network, block, state, likely), TRIED[depth]):
                if done and edit.rewrite.cost > _dearest(done.values()):
                    break
                after = _after(bench, block, history, state, edit)
                if after is not None and after.wrong:
                    grown.append(after)
                elif after is not None and _likelier(after, done) and proof.holds(after.text):
                    done[_where(after)] = after
        if done:
            return [*done.values()]
        # The same edits in another order, and one edit of two kinds, are the same text.
        kept: dict[str, _State] = {}
        for state in sorted(grown, key=lambda state: (len(state.wrong), state.cost)):
            kept.setdefault(state.text, state)
        states = [*kept.values()][:BEAM]
    return []


def _likelier(state: _State, done: Mapping[tuple[int, ...], _State]) -> bool:
    where = _where(state)
    return where not in done or state.cost < done[where].cost


def _dearest(done: Iterable[_State]) -> float:
    return min(state.edits[-1].cost for state in done) + SIGHT


def _ordered(
    network: Network, block: Block, state: _State, likely: Sequence[str]
) -> Iterator[_Edited]:
    """Yield the edits of the statements that wrong gradients come from, the likeliest first."""
    wrong = {PREFIX + name for name in state.wrong}
    found: list[Iterator[tuple[float, int, _Edited]]] = []
    for number in range(len(block.statements)):
        feeds = _fed(block, number)
        if not feeds & wrong:
            continue
        # An edit whose whole reach is wrong explains best; one that feeds right ones, worst.
        reach = len(feeds - wrong) + 0.1 * len(wrong - feeds)
        found.append(_edits(block, number, material(network, block, number), likely, reach))
    return (edit for _, _, edit in merge(*found, key=lambda item: item[:2]))


def _edits(
    block: Block, number: int, material: Material, likely: Sequence[str], reach: float
) -> Iterator[tuple[float, int, _Edited]]:
    """Yield a statement's edits, likely ones first, with what they are to be ordered by."""
    statement = block.statements[number]
    (own,), offset = parse_block(statement.text).statements, _offset(block, statement)
    for edit in rewrites(statement.text, own.node, material, likely):
        put = replace(edit, start=edit.start + offset, end=edit.end + offset)
        yield reach + rank(edit, likely), number, _Edited(number=number, rewrite=put)


def _offset(block: Block, statement: Statement) -> int:
    """Return the place of a statement's first character in the block's text."""
    lines = block.source.text.split("\n")
    return (
        sum(len(line) + 1 for line in lines[: statement.span.line - 1]) + statement.span.column - 1
    )


def _fed(block: Block, number: int) -> set[str]:
    """Return the gradients that depend on a statement."""
    touched = {block.statements[number].target}
    for later in block.statements[number + 1 :]:
        if depends(later, touched):
            touched.add(later.target)
        else:
            touched.discard(later.target)
    return {name for name in touched if name.startswith(PREFIX)}


def _after(
    bench: Bench, block: Block, history: History, state: _State, edit: _Edited
) -> _State | None:
    """Return the state after an edit; None where it does not help or spoils what is right."""
    statement = block.statements[edit.number]
    offset = _offset(block, statement)
    local = replace(edit.rewrite, start=edit.rewrite.start - offset, end=edit.rewrite.end - offset)
    try:
        new = parse_block(apply(statement.text, [local]))
    except FormulaError:
        return None
    changed = bench.edited(block, history, edit.number, new)
    if changed is None:
        return None
    same = (name for name in state.wrong if PREFIX + name not in changed)
    wrong = bench.wrong(changed).union(same)
    if not wrong < state.wrong:
        return None
    text = apply(state.text, [edit.rewrite])
    return _State(text=text, edits=(*state.edits, edit.rewrite), wrong=wrong)


def _spots(text: str, edits: Sequence[Rewrite]) -> Iterator[tuple[int, int]]:
    """Yield the line and column of each edit when its turn comes."""
    for edit in edits:
        before = text[: edit.start]
        yield before.count("\n") + 1, edit.start - before.rfind("\n")
        text = apply(text, [edit])


def _changes(bench: Bench, text: str, edits: Sequence[Rewrite]) -> Iterator[frozenset[str]]:
    """Yield, for each edit, the gradients that it changes."""
    old = bench.values(parse_block(text), {}) or {}
    for edit in edits:
        text = apply(text, [edit])
        new = bench.values(parse_block(text), {}) or {}
        yield frozenset(
            name.removeprefix(PREFIX)
            for name, value in new.items()
            if name.startswith(PREFIX) and not _same(old.get(name), value)
        )
        old = new


def _same(one: Array | None, other: Array) -> bool:
    return one is not None and one.shape == other.shape and gap(one, other) <= EXACT
