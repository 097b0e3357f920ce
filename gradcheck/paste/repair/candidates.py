"""The edits worth trying on a program, the likeliest first."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import pairwise

from gradcheck.edits import (
    REPEATED,
    SCALING,
    TOGETHER,
    Draft,
    Rewrite,
    drafts,
    exchanges,
    statement_rewrites,
)
from gradcheck.edits.rewrite import source, span
from gradcheck.paste.repair.adjoints import Match
from gradcheck.paste.repair.editable import has_rows, made, masks
from gradcheck.paste.repair.influence import Influence
from gradcheck.paste.repair.kin import different, kin, unnumbered
from gradcheck.paste.repair.leanings import DECAY, DECAYED, SHARE, leaning
from gradcheck.paste.repair.material import Stock
from gradcheck.paste.repair.scope import Scope
from gradcheck.paste.repair.statements import (
    Changes,
    Statement,
    differing,
    is_helper,
    is_plain,
    renewed,
)
from gradcheck.paste.repair.weighing import kept, likelier, outside, weighed
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.words import gradient_of
from gradcheck.record import record

_OF_MASKS = frozenset(("flip", "replace-name", "change-index"))
"""The kinds of edits that a comparison may need."""

_HELPER = 0.7
_TAKEN = 0.4
_CONVENTIONS = frozenset(("drop-call", "wrap-call"))
"""The kinds of edits that change what a helper is to be given: rather is that changed."""
_MATCHED = 0.6
_PLAIN = 0.2
_SUSPICION = 2.0
_STRANGE = 0.8
_EXACT = 1e-6
_NAME = re.compile(r"[^\W\d]\w*")


@record
class Part:
    """A rewrite of one statement, or the draft of one."""

    number: int
    idea: Draft | Rewrite


@record
class Edit:
    """One idea of what is wrong: the same rewrite at all the places in which it is needed.

    `rank` orders candidates: what the edit costs, and how suspect its places are. `rewrites` has
    those of each statement's text, once they are written down.
    """

    parts: tuple[Part, ...]
    kind: str
    cost: float
    rank: float
    what: str
    feeds: frozenset[Path] | None = None
    """The parameters whose updates it may change; None for any."""
    old: str = ""
    new: str = ""
    rewrites: Mapping[int, tuple[Rewrite, ...]] = field(default_factory=dict)


def written(idea: Rewrite, numbers: Sequence[int], *, old: str, new: str) -> Edit:
    """Return the edit that rewrites the first of some statements, and that all of them are for."""
    return Edit(
        parts=tuple(Part(number=number, idea=idea) for number in numbers),
        kind=idea.kind,
        cost=idea.cost,
        rank=idea.cost,
        what=idea.what,
        old=old,
        new=new,
        rewrites={numbers[0]: (idea,)},
    )


@record
class Known:
    """What is known of a program by running it: what can be named, and what is for what."""

    statements: Mapping[int, Statement]
    scopes: Mapping[int, Scope]
    influences: Mapping[int, Influence]
    stock: Stock
    matches: Mapping[int, Match]
    """The backward statements that compute true derivatives, up to a factor."""
    trees: dict[tuple[int, str], ast.stmt] = field(default_factory=dict)
    ideas: dict[object, tuple[Draft | Rewrite, ...]] = field(default_factory=dict)

    def suspects(self, wrong: frozenset[Path]) -> list[Statement]:
        """Return the backward statements that wrong updates are known to come from."""
        found = self.influences.items()
        return [self.statements[n] for n, i in found if not i.forward and i.parameters & wrong]

    def parsed(self, statement: Statement, changes: Changes) -> ast.stmt:
        """Return a statement as changes have it, parsed on its own; always the same tree."""
        text = text_of(statement, changes) or "pass"
        key = (statement.number, text)
        if key not in self.trees:
            self.trees[key] = renewed(statement.node, statement.text, text, shift=False)
        return self.trees[key]


def candidates(
    known: Known,
    changes: Changes,
    wrong: frozenset[Path],
    ratios: Sequence[float],
    likely: frozenset[str],
) -> list[Edit]:
    """Return the edits of all statements that wrong updates come from, the likeliest first."""
    single: list[Edit] = []
    groups: dict[tuple[object, ...], list[Part]] = defaultdict(list)
    suspects = [number for number, one in known.influences.items() if suspect(one, wrong)]
    if likely is DECAY and any(known.stock.penalises(known.statements[n]) for n in suspects):
        # The penalty's share is there, and wrong: it is not missing.
        likely = SHARE
    for number in suspects:
        statement = known.statements[number]
        text = text_of(statement, changes)
        if text is None:
            continue
        key = (number, text, tuple(ratios))
        if key not in known.ideas:
            known.ideas[key] = tuple(_ideas(known, statement, changes, text, ratios))
        for idea in known.ideas[key]:
            part = Part(number=number, idea=idea)
            single.append(_edit(known, [part], wrong, likely))
            if not isinstance(idea, Draft):
                continue
            old = source(text, idea.node)
            groups["kin", *kin(idea, text)].append(part)
            if _is_term(idea):
                groups["kin", idea.kind, unnumbered(old), unnumbered(idea.new)].append(part)
                groups[idea.kind, old, idea.new].append(part)
                if idea.kind == "change-axis":
                    groups[idea.kind, number, *differing(old, idea.new)].append(part)
            if _is_term(idea) or idea.kind in REPEATED:
                groups[idea.kind, number, old, idea.new].append(part)
    joint = [
        _edit(known, parts, wrong, likely)
        for parts in different(groups.values())
        if len(parts) > 1 and _are_apart(known, parts, changes)
    ]
    return sorted([*single, *joint], key=lambda edit: edit.rank)


def _are_apart(known: Known, parts: Sequence[Part], changes: Changes) -> bool:
    """Tell whether parts are in other statements, or at other places of one."""
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for part in parts:
        text = text_of(known.statements[part.number], changes) or ""
        if isinstance(part.idea, Draft):
            spans[part.number].append(span(text, part.idea.node))
    pairs = (pair for own in spans.values() for pair in pairwise(sorted(own)))
    return all(before[1] <= after[0] for before, after in pairs)


def suspect(influence: Influence, wrong: frozenset[Path]) -> bool:
    """Tell whether a wrong update may come from a statement."""
    return not influence.forward and (not influence.known or bool(influence.parameters & wrong))


def text_of(statement: Statement, changes: Changes) -> str | None:
    change = changes.get(statement.number)
    return change.text if change else statement.text


def _ideas(
    known: Known, statement: Statement, changes: Changes, text: str, ratios: Sequence[float]
) -> Iterator[Draft | Rewrite]:
    own = known.parsed(statement, changes)
    scope = known.scopes[statement.number]
    material = known.stock.material(statement, scope, ratios)
    for rewrite in statement_rewrites(text, own, material):
        if rewrite.kind != "scatter-add" or has_rows(own, scope):
            yield likelier(rewrite, statement, known.statements, known.scopes)
    value = made(own)
    if value is not None:
        for draft in drafts(text, value, material):
            one = weighed(outside(draft, own), text, scope, value)
            yield kept(one, source(text, draft.node), known.stock, scope)
        yield from exchanges(text, value)
    for mask in masks(own):
        for draft in drafts(text, mask, material):
            if draft.kind in _OF_MASKS:
                yield weighed(draft, text, scope, mask)


def _edit(
    known: Known, parts: Sequence[Part], wrong: frozenset[Path], likely: frozenset[str]
) -> Edit:
    first = parts[0].idea
    feeds: frozenset[Path] = frozenset().union(
        *(known.influences[p.number].parameters for p in parts)
    )
    cost = first.cost
    if len(parts) > 1:
        # What is to be scaled wherever it is used is rather to be scaled where it is made.
        cost += TOGETHER + _MATCHED * (first.kind in SCALING)
    # What is a true derivative, up to its factor, needs no edit but that of the factor.
    is_right = _is_exact if likely else _is_meant
    if all(is_right(known, part.number) for part in parts):
        cost += _MATCHED
    cost += _PLAIN * all(_is_used(known, part.number, first.kind) for part in parts)
    if any(is_helper(known.statements[part.number]) for part in parts):
        cost += _HELPER + _TAKEN * (first.kind in _CONVENTIONS)
    times = f" ({len(parts)} times)" if len(parts) > 1 else ""
    texts = [known.statements[part.number].text for part in parts]
    lean = leaning(likely, first.kind, texts)
    # What is handed on with a penalty's strength is for the penalty, though noise can't show it.
    suspicion = 0.0 if not feeds and lean == DECAYED else _suspicion(feeds, wrong)
    return Edit(
        parts=tuple(parts),
        kind=first.kind,
        cost=cost,
        rank=cost + suspicion - lean,
        what=first.what + times,
        feeds=feeds if all(known.influences[p.number].known for p in parts) else None,
    )


def _is_used(known: Known, number: int, kind: str) -> bool:
    """Tell statements that only use a value: what is missing in it is missed where it is made."""
    statement = known.statements[number]
    return is_plain(statement, kind) or (kind in SCALING and known.stock.updates(statement))


def _suspicion(feeds: frozenset[Path], wrong: frozenset[Path]) -> float:
    """Return how little a statement's reach is like what is wrong; right ones in it weigh most."""
    if not feeds:
        return _SUSPICION
    miss = len(wrong - feeds) / len(wrong) if wrong else 0.0
    return _SUSPICION * 0.5 * miss + _STRANGE * min(3, len(feeds - wrong))


def _is_meant(known: Known, number: int) -> bool:
    """Tell statements whose value is the derivative that its name says: `dZ1` that by Z1."""
    match, node = known.matches.get(number), known.statements[number].node
    if match is None or not isinstance(node, ast.Assign):
        return False
    return ast.unparse(node.targets[0]).lower().endswith(match.by.lower())


def _is_exact(known: Known, number: int) -> bool:
    """Tell statements that make a derivative itself, with no factor to mend."""
    match = known.matches.get(number)
    return match is not None and abs(match.factor - 1) < _EXACT and not _is_own(known, number)


def _is_own(known: Known, number: int) -> bool:
    """Tell what by its name is the gradient of the one parameter that comes of it.

    If that is wrong, it is no use that it is the derivative by something else.
    """
    node, feeds = known.statements[number].node, known.influences[number].parameters
    if not isinstance(node, ast.Assign) or len(feeds) != 1:
        return False
    chains = (_NAME.findall(text) for text in (*map(str, feeds), ast.unparse(node.targets[0])))
    return gradient_of(*chains)


def _is_term(draft: Draft) -> bool:
    """Tell edits of more than a name: a name alone is no mistake that repeats."""
    name = isinstance(draft.node, ast.Name)
    return not name or draft.kind in ("square", "replace-name", "transpose")
