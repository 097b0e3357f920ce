"""A pasted program made ready to run: the one way into this package."""

import ast
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

import numpy as np

from gradcheck.paste.running import guesses as guessing
from gradcheck.paste.running import search, shrinking, trial
from gradcheck.paste.running.assumptions import Assumption, Failure, Ledger
from gradcheck.paste.running.data import Data, Guess, Hint
from gradcheck.paste.running.driver import appended, driven
from gradcheck.paste.running.execution import execute, flags_of, tamed
from gradcheck.paste.running.knowledge import Knowledge
from gradcheck.paste.running.modules import Modules
from gradcheck.paste.running.ordering import ordered
from gradcheck.paste.running.overrides import overridden
from gradcheck.paste.running.resolve import BuiltIns, Resolver
from gradcheck.paste.running.sources import Hub
from gradcheck.paste.running.surroundings import Printed, built_in
from gradcheck.record import record


@record
class Options:
    """What the user has said: `values` maps names to Python expressions, from `--set`."""

    values: Mapping[str, str] = field(default_factory=dict)


@record
class Prepared:
    """A program that can be run again and again from the start, each time alike.

    `tree` is what to run, `statements` its top level; line numbers are the program's. `failures`
    are those of a short trial. `guesses` holds the made-up data by the program's names.
    """

    tree: ast.Module
    guesses: Mapping[str, Guess]
    supplied: tuple[str, ...]
    assumptions: tuple[Assumption, ...]
    failures: tuple[Failure, ...]

    @property
    def statements(self) -> Sequence[ast.stmt]:
        return self.tree.body

    @property
    def flags(self) -> int:
        """The compiler's flags that every statement needs."""
        return flags_of(self.tree.body)

    def namespace(self, draw: int = 0) -> dict[str, Any]:
        """Return the names to begin a run with, and reset all generators.

        Another `draw` gives other made-up data of the same shapes and kinds.
        """
        world = _World(Knowledge(self.tree), self.guesses, Ledger(), draw)
        for name in self.supplied:
            world.supply_again(name)
        world.names["__builtins__"] = dict(world.built_in)
        return world.names


def prepare(source: str, options: Options | None = None) -> Prepared:
    """Return the program of this text, ready to run.

    Raises SyntaxError where the text, or an expression of the options, is no Python.
    """
    ledger = Ledger()
    tree = tamed(ordered(overridden(ast.parse(source), (options or Options()).values, ledger)))
    text = driven(tree)
    if text is not None:
        ledger.note("driver", "the functions", f"are called by lines added here:\n{text}")
        tree = appended(tree, text)
    smaller = shrinking.sizes(tree)
    if smaller:
        small = shrinking.shrunk(tree, smaller)
        best = _search(small)
        if best.guesses and best.sound:
            for size, stands in smaller.items():
                ledger.note("size", str(size), f"is {stands} here: all data are made up anyway")
            return _prepared(small, best.guesses, ledger)
    return _prepared(tree, _search(tree).guesses, ledger)


def _search(tree: ast.Module) -> search.State:
    steps, known = trial.prepared(tree), Knowledge(tree)
    last: list[_World] = []

    def attempt(guesses: Mapping[str, Guess]) -> trial.Outcome:
        last[:] = [_World(known, guesses, Ledger(), 0)]
        return last[0].attempt(steps)

    def offer(name: str, hint: Hint, guesses: Mapping[str, Guess]) -> Iterable[Guess]:
        attempt(guesses)
        return guessing.guesses(name, hint, guessing.facts(tree, last[0].names), guesses)

    return search.found(attempt, offer)


def _prepared(tree: ast.Module, guesses: Mapping[str, Guess], ledger: Ledger) -> Prepared:
    world = _World(Knowledge(tree), guesses, ledger, 0)
    outcome = world.attempt(trial.prepared(tree))
    for name, guess in guesses.items():
        ledger.note("data", name, f"is made up: {guess.words}")
    return Prepared(
        tree=tree,
        guesses=guesses,
        supplied=tuple(world.supplied),
        assumptions=ledger.assumptions,
        failures=outcome.failures,
    )


class _World:
    """All that one run of a program can reach."""

    def __init__(
        self, known: Knowledge, guesses: Mapping[str, Guess], ledger: Ledger, draw: int
    ) -> None:
        np.random.seed(0)
        random.seed(0)
        self.supplied: list[str] = []
        self.printed = Printed()
        hub = Hub(Data(guesses, draw), ledger, known.sites, known.uses)
        modules = Modules(hub, self.printed, lambda name: self._resolver.imported(name))
        self._resolver = Resolver(known, hub, modules)
        self.built_in = built_in(hub, self.printed, modules.importer)
        self._binding = known.bindings
        self._line = 0
        self.names: dict[str, Any] = {
            "__name__": "__main__",
            "__doc__": None,
            "__file__": "program.py",
        }
        self.names["__builtins__"] = BuiltIns(self.built_in, self.supply)

    def supply(self, name: str) -> Any:
        """Find a name, and keep it among the program's globals."""
        lines = self._binding.get(name, ())
        if self._line not in lines and any(line > self._line for line in lines):
            raise KeyError(name)  # It comes later.
        value = self._resolver.find(name, bound=bool(lines))
        self.names[name] = value
        self.supplied.append(name)
        return value

    def supply_again(self, name: str) -> None:
        self._line = sys.maxsize
        self.supply(name)

    def _begin(self, line: int) -> None:
        self._line = line

    def attempt(self, steps: Sequence[trial.Step]) -> trial.Outcome:
        return trial.attempt(steps, self.names, self._begin)
