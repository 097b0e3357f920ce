"""Loss candidates: the numbers in a step that may be what it minimises.

Explicit ones are numbers that the program names, returns, collects or prints. Implied ones are
standard losses of a prediction and its target, which are known from their difference.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.following import carries_on
from gradcheck.paste.understanding.machine import Machine
from gradcheck.paste.understanding.runtime import OFTEN, Event
from gradcheck.paste.understanding.sites import Site
from gradcheck.paste.understanding.standard import STANDARD
from gradcheck.paste.understanding.steps import Trial
from gradcheck.paste.understanding.texts import adds_a_loss, called_twice, roots_of
from gradcheck.paste.understanding.values import number
from gradcheck.paste.understanding.words import TARGETS, likelihood_like, loss_like, says
from gradcheck.record import record


@record
class Candidate:
    """A number that a step may minimise: what its site's events add up to.

    `fold` says how several values of the site make one. Of an implied loss `standard` is the
    name and `left` tells on which side of the difference the prediction stands. Where `early` is
    a number, only so many of its first values count: the others may be of other data.
    """

    site: int
    fold: Literal["sum", "last"]
    standard: str | None = None
    left: bool = True
    named: bool = False
    whole: bool = True
    """Whether the site's value is a single number already."""
    held: bool = False
    """Whether the target, which depends on the parameters too, is held fixed."""
    maximised: bool = False
    """Whether the number is to grow, as the logarithm of a likelihood is; its value is negated."""
    early: int | None = None

    def value(self, events: Sequence[Event], held: Sequence[Event]) -> float:
        """Return the candidate's value, from all events of its site in one trial.

        `held` are those of the trial that fixes the targets, where they must be.
        """
        events, held = events[: self.early], held[: self.early]
        if self.standard is None:
            numbers = [_total(event.value) for event in events]
            found = numbers[-1] if self.fold == "last" else sum(numbers)
            return -found if self.maximised else found
        fixed = held if self.held else events
        side, other = ("left", "right") if self.left else ("right", "left")
        predictions = [getattr(event, side) for event in events]
        targets = [getattr(event, other) for event in fixed]
        value = STANDARD[self.standard].value
        return float(sum(value(a, t) for a, t in joined(predictions, targets)))


def joined(predictions: Sequence[Any], targets: Sequence[Any]) -> Iterator[tuple[Array, Array]]:
    """Yield pairs of which a sum is to be made, all of one shape as one pair of arrays."""
    if len({np.shape(value) for value in (*predictions, *targets)}) == 1:
        yield np.array(predictions), np.array(targets)
    else:
        yield from zip(map(np.asarray, predictions), map(np.asarray, targets), strict=True)


def _total(value: Any) -> float:
    return value if type(value) is float else float(np.sum(value))


def values(
    candidates: Sequence[Candidate], events: Sequence[Event], held: Sequence[Event] | None = None
) -> Array:
    """Return each candidate's value in one trial; NaN where its site was not reached.

    `held` are the events of the trial whose targets are fixed, by default the same.
    """
    grouped = by_site(events)
    fixed = grouped if held is None else by_site(held)
    with np.errstate(all="ignore"):
        return np.array(
            [_value(c, grouped.get(c.site, []), fixed.get(c.site, [])) for c in candidates]
        )


def _value(candidate: Candidate, events: Sequence[Event], held: Sequence[Event]) -> float:
    if not events or (candidate.held and len(events) != len(held)):
        return float("nan")
    return candidate.value(events, held)


def by_formula(site: int) -> Candidate:
    """Return the candidate that a formula of the user's is."""
    return Candidate(site=site, fold="last", named=True)


def _is_element(node: ast.AST) -> bool:
    """Tell what is stored in an array or a list: outputs and the like."""
    match node:
        case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=str()))]):
            return False
        case ast.Assign(targets=[ast.Subscript()]) | ast.AugAssign(target=ast.Subscript()):
            return True
    return False


def by_site(events: Sequence[Event]) -> Mapping[int, list[Event]]:
    grouped: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        grouped[event.site].append(event)
    return dict(grouped)


def candidates(
    machine: Machine, trial: Trial, moved: Trial, affected: Sequence[int], updates: Iterable[int]
) -> list[Candidate]:
    """Return what may be the loss in a trial, where `affected` events depend on the parameters.

    `moved` is a trial from another point; `updates` are the sites that change parameters.
    """
    updates = set(updates)
    touched = {trial.events[index].site for index in affected} - updates
    before, after = by_site(trial.events), by_site(moved.events)
    early = by_site(_before(trial.events, updates))
    shared, roots = frozenset(called_twice(machine)), frozenset(roots_of(machine))
    found: list[Candidate] = []
    for site, events in before.items():
        if site in touched:
            own = [
                *_explicit(machine.sites[site], machine.nodes[site], events, roots),
                *_implied(machine, trial, events, after.get(site, [])),
            ]
            found += own
            first = int(machine.sites[site].function in shared)
            for one in own:
                # In a loop over layers, an optimizer's own differences come before an update, too.
                counts = {first} if one.standard else {first, len(early.get(site, ()))}
                found += [
                    replace(one, early=count)
                    for count in sorted(counts - {0})
                    if count < len(events) and not one.held
                ]
    return found


def _before(events: Sequence[Event], updates: set[int]) -> Sequence[Event]:
    """Return the events from before the first update: what comes later may be of other data."""
    return events[: next((i for i, one in enumerate(events) if one.site in updates), None)]


def _explicit(
    site: Site, node: ast.AST, events: Sequence[Event], roots: AbstractSet[str]
) -> Iterator[Candidate]:
    if not all(is_explicit(site, event) for event in events):
        return
    named = loss_like(site.names) or not roots.isdisjoint(site.names)
    if not named and (len(events) >= OFTEN or _is_element(node)):
        return
    whole = all(number(event.value) is not None for event in events)
    negative = all(np.all(np.less_equal(event.value, 0)) for event in events)
    last = Candidate(
        site=site.number,
        fold="last",
        named=named,
        whole=whole,
        maximised=negative and likelihood_like(site.names),
    )
    yield last
    if len(events) > 1 and not isinstance(node, ast.AugAssign):
        yield replace(last, fold="sum")


def _implied(
    machine: Machine, trial: Trial, events: Sequence[Event], moved: Sequence[Event]
) -> Iterator[Candidate]:
    if not len(events) == len(moved) < OFTEN or not all(
        is_difference(machine, event) for event in events
    ):
        return
    if all(carries_on(machine, trial, event) for event in events):
        return
    sides = {_prediction(one, two) for one, two in zip(events, moved, strict=True)}
    node = machine.nodes[events[0].site]
    if len(sides) > 1 or (sides == {None} and not (names := _target_side(node))):
        return
    (side,) = sides
    left = names == "right" if side is None else side
    pairs = [(e.left, e.right) if left else (e.right, e.left) for e in events]
    only = "squared error" if side is None else None
    if any(np.size(a) != np.size(t) for a, t in pairs):
        only = "cross-entropy"
    for standard in STANDARD.values():
        if only not in (None, standard.name):
            continue
        if all(
            standard.fits(np.asarray(a), np.asarray(t), made_up=machine.made_up) for a, t in pairs
        ):
            yield Candidate(
                site=events[0].site,
                fold="sum",
                standard=standard.name,
                left=left,
                held=side is None,
            )


def sampled(candidate: Candidate, trial: Trial, far: Trial) -> bool:
    """Tell an implied loss whose target is another at a far point, as what is drawn from it is."""
    if candidate.standard is None or candidate.held:
        return False
    one, two = (
        by_site(trial.events).get(candidate.site, []),
        by_site(far.events).get(candidate.site),
    )
    if two is None or len(one) != len(two):
        return False
    sides = ("right" if candidate.left else "left",) * len(one)
    return not all(
        np.array_equal(getattr(a, side), getattr(b, side))
        for a, b, side in zip(one, two, sides, strict=True)
    )


def _target_side(node: ast.AST) -> str | None:
    """Tell on which side of a difference a target is named, as in `q - target`."""
    if isinstance(node, ast.BinOp):
        for side in ("right", "left"):
            names = [n.id for n in ast.walk(getattr(node, side)) if isinstance(n, ast.Name)]
            if any(says(name, TARGETS) for name in names):
                return side
    return None


def _prediction(one: Event, two: Event) -> bool | None:
    """Tell whether the left side alone depends on the parameters (True), or the right alone.

    None where both do, or neither.
    """
    left = not np.array_equal(one.left, two.left)
    right = not np.array_equal(one.right, two.right)
    return left if left != right else None


def evidence(machine: Machine, trial: Trial, affected: Iterable[int]) -> Iterator[int]:
    """Yield those of the events that are like a loss, or like the difference before it."""
    for index in affected:
        event = trial.events[index]
        if is_difference(machine, event) or is_explicit(machine.sites[event.site], event):
            yield index


def is_difference(machine: Machine, event: Event) -> bool:
    """Tell a difference of two things of equal size that the program computed.

    One less at the places of the labels, as in `p[range(n), y] -= 1`, is one of probabilities and
    the ones that they should be.
    """
    node = machine.nodes.get(event.site)
    if not isinstance(node, ast.BinOp | ast.AugAssign) or not isinstance(node.op, ast.Sub):
        return False
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
        return False
    if adds_a_loss(node):
        return False
    if event.left is None or event.right is None:
        return False
    if np.size(event.left) == np.size(event.right):
        return True
    place = node.left if isinstance(node, ast.BinOp) else node.target
    return isinstance(place, ast.Subscript) and np.ndim(event.right) == 0 and event.right == 1


def is_explicit(site: Site, event: Event) -> bool:
    """Tell a single number, or numbers called a loss, that go somewhere under a name."""
    if not site.names:
        return False
    return number(event.value) is not None or loss_like(site.names)
